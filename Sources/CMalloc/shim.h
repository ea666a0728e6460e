#ifndef CODEX_FLEET_CMALLOC_SHIM_H
#define CODEX_FLEET_CMALLOC_SHIM_H

#include <malloc.h>

/// Has all threads share a few heaps. Does nothing where the C library has only one.
static inline void cmalloc_limit_arenas(int count) {
#ifdef M_ARENA_MAX
  mallopt(M_ARENA_MAX, count);
#else
  (void)count;
#endif
}

#endif
