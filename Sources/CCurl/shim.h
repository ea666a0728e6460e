#pragma once

#include <curl/curl.h>

// libcurl's setters and getters take variadic arguments, which Swift cannot pass: one typed wrapper per type.

static inline CURLcode codex_curl_set_long(CURL *handle, CURLoption option, long value) {
  return curl_easy_setopt(handle, option, value);
}

static inline CURLcode codex_curl_set_text(CURL *handle, CURLoption option, const char *value) {
  return curl_easy_setopt(handle, option, value);
}

static inline CURLcode codex_curl_set_list(CURL *handle, CURLoption option, struct curl_slist *value) {
  return curl_easy_setopt(handle, option, value);
}

static inline CURLcode codex_curl_set_pointer(CURL *handle, CURLoption option, void *value) {
  return curl_easy_setopt(handle, option, value);
}

typedef size_t (*codex_curl_receiver)(char *bytes, size_t size, size_t count, void *context);

static inline CURLcode codex_curl_set_receiver(CURL *handle, CURLoption option, codex_curl_receiver receiver) {
  return curl_easy_setopt(handle, option, receiver);
}

static inline CURLcode codex_curl_get_long(CURL *handle, CURLINFO info, long *value) {
  return curl_easy_getinfo(handle, info, value);
}

static inline CURLcode codex_curl_get_offset(CURL *handle, CURLINFO info, curl_off_t *value) {
  return curl_easy_getinfo(handle, info, value);
}

static inline CURLMcode codex_curl_multi_set_long(CURLM *multi, CURLMoption option, long value) {
  return curl_multi_setopt(multi, option, value);
}

// A message carries its result in a union of which Swift sees no member by name.
static inline CURLcode codex_curl_message_result(const CURLMsg *message) { return message->data.result; }
