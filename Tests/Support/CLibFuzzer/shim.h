#ifndef CODEX_FLEET_CLIBFUZZER_SHIM_H
#define CODEX_FLEET_CLIBFUZZER_SHIM_H

#include <stddef.h>
#include <stdint.h>

// What compilers bring of libFuzzer's own header differs in place; this is the part of its interface that is used.

/// Runs the fuzzer with a program's arguments and returns its exit status.
int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*check)(const uint8_t *data, size_t size));

#endif
