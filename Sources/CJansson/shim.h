#ifndef CODEX_FLEET_CJANSSON_SHIM_H
#define CODEX_FLEET_CJANSSON_SHIM_H

#include <jansson.h>
#include <stddef.h>

// Swift cannot see jansson's function-like macros, and json_error_t with its fixed character arrays is awkward there.
// These typed wrappers are all that the Swift side uses besides plain functions.

/// What jansson found wrong, without its text: that text quotes the input.
typedef struct {
  enum json_error_code code;
  int position;
} cjansson_fault;

/// Parses `length` bytes. Returns a new reference, or NULL with `fault` filled in.
static inline json_t *cjansson_parse(const void *bytes, size_t length, size_t flags, cjansson_fault *fault) {
  json_error_t error;
  json_t *root = json_loadb((const char *)bytes, length, flags, &error);
  if (root == NULL) {
    fault->code = json_error_code(&error);
    fault->position = error.position;
  }
  return root;
}

/// Gives back one reference; the last one frees the tree.
static inline void cjansson_release(json_t *json) { json_decref(json); }

/// The `json_typeof` macro as a function.
static inline json_type cjansson_type(const json_t *json) { return json_typeof(json); }

#endif
