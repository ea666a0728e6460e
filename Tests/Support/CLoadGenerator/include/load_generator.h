#ifndef CODEX_FLEET_LOAD_GENERATOR_H
#define CODEX_FLEET_LOAD_GENERATOR_H

#include <stddef.h>
#include <stdint.h>

/// What is asked, by whom and for how long.
typedef struct {
  /// The socket's path.
  const char *path;
  /// A request is `head`, the call's number and `tail`, which ends with a newline.
  const char *head;
  const char *tail;
  /// How many connections ask, each one call at a time.
  int connections;
  /// How many calls are made before anything is recorded.
  uint64_t warm_up_calls;
  /// How long is recorded.
  uint64_t nanoseconds;
  /// After how many recorded calls it ends at the latest; 0 for no limit.
  uint64_t most_calls;
  /// One connection only: the time from the beginning of one call to that of the next; 0 for at once.
  uint64_t interval_nanoseconds;
  /// The core the calling thread keeps to; -1 for any.
  int core;
  /// Ends it before its time once `load_stop` was called with it; NULL for never.
  const int *stop;
} load_plan;

/// What came of it.
typedef struct {
  uint64_t calls;
  uint64_t bytes;
  /// Answers that do not begin as a result does.
  uint64_t failures;
  /// From the first recorded call to the last answer.
  uint64_t nanoseconds;
  /// An error number of the system; 0 when all went well.
  int fault;
} load_result;

/// Is told how long each recorded call took.
typedef void (*load_record)(void *context, uint64_t nanoseconds);

/// Makes calls over a Unix socket from the calling thread until the plan is fulfilled.
///
/// With several connections one thread waits for all of them with epoll: what it does per answer is a read and a write.
load_result load_run(const load_plan *plan, load_record record, void *context);

/// Ends the runs that look at this flag, each after the call that it is at.
void load_stop(int *flag);

/// Makes one call and then reads whatever comes until the connection is shut down.
///
/// - Returns: how many bytes came.
uint64_t load_listen(int descriptor, const char *request);

/// Connects as soon as somebody listens and makes one call.
///
/// - Returns: 0 when it was answered by a result, else an error number; ETIMEDOUT after `limit` nanoseconds.
int load_first_answer(const char *path, const char *request, uint64_t limit);

/// Opens that many connections, which are kept open, and stores their descriptors.
///
/// - Returns: how many were opened.
int load_open(const char *path, int count, int *descriptors);

/// Makes one call on an open connection; `answer` gets what came back, at most `capacity` bytes.
///
/// - Returns: the answer's length; a negative error number when there is none.
long load_call(int descriptor, const char *request, char *answer, size_t capacity);

#endif
