#define _GNU_SOURCE
#include "load_generator.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

// Large enough for any answer that one read may bring; what is in it is looked at and thrown away.
enum { piece_size = 1 << 18, events_at_once = 64, beginning_size = 96 };

typedef struct {
  int descriptor;
  uint64_t number;
  uint64_t begun;
  // The first bytes of the answer, which tell a result from an error.
  char beginning[beginning_size];
  size_t beginning_length;
} party;

static uint64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static void keep_to(int core) {
  if (core < 0) return;
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(core, &set);
  sched_setaffinity(0, sizeof set, &set);
}

static int connect_to(const char *path) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (strlen(path) >= sizeof address.sun_path) return -ENAMETOOLONG;
  strcpy(address.sun_path, path);
  int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return -errno;
  if (connect(descriptor, (struct sockaddr *)&address, sizeof address) != 0) {
    int fault = errno;
    close(descriptor);
    return -fault;
  }
  return descriptor;
}

static int write_all(int descriptor, const char *bytes, size_t length) {
  while (length > 0) {
    ssize_t count = send(descriptor, bytes, length, MSG_NOSIGNAL);
    if (count < 0) {
      if (errno == EINTR) continue;
      return errno;
    }
    bytes += count;
    length -= (size_t)count;
  }
  return 0;
}

static int ask(party *party, const load_plan *plan, uint64_t number) {
  char request[4096];
  int length = snprintf(request, sizeof request, "%s%llu%s", plan->head, (unsigned long long)number, plan->tail);
  if (length < 0 || (size_t)length >= sizeof request) return EMSGSIZE;
  party->number = number;
  party->beginning_length = 0;
  party->begun = now();
  return write_all(party->descriptor, request, (size_t)length);
}

static bool is_result(const party *party) {
  char text[beginning_size + 1];
  memcpy(text, party->beginning, party->beginning_length);
  text[party->beginning_length] = 0;
  return strstr(text, "\"result\"") != NULL;
}

/// Takes what has come; `*is_whole` when it was the end of an answer.
static int take(party *party, char *piece, uint64_t *bytes, bool *is_whole) {
  ssize_t count = recv(party->descriptor, piece, piece_size, 0);
  if (count < 0) return errno == EINTR || errno == EAGAIN ? 0 : errno;
  if (count == 0) return ECONNRESET;
  if (party->beginning_length < beginning_size) {
    size_t room = beginning_size - party->beginning_length;
    size_t length = (size_t)count < room ? (size_t)count : room;
    memcpy(party->beginning + party->beginning_length, piece, length);
    party->beginning_length += length;
  }
  *bytes += (uint64_t)count;
  // One call at a time: a newline at the end is the end of its answer.
  *is_whole = piece[count - 1] == '\n';
  return 0;
}

static void wait_until(uint64_t instant) {
  struct timespec time = {.tv_sec = (time_t)(instant / 1000000000u), .tv_nsec = (long)(instant % 1000000000u)};
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL) == EINTR) {
  }
}

typedef struct {
  const load_plan *plan;
  load_record record;
  void *context;
  load_result result;
  uint64_t asked;
  uint64_t answered;
  uint64_t start;
  bool is_over;
} run;

/// Counts an answer; false when the run is over.
static void answered(run *run, party *party, uint64_t bytes) {
  uint64_t end = now();
  run->answered += 1;
  if (!is_result(party)) run->result.failures += 1;
  if (run->answered <= run->plan->warm_up_calls) {
    run->start = end;
    return;
  }
  run->record(run->context, end - party->begun);
  run->result.calls += 1;
  run->result.bytes += bytes;
  run->result.nanoseconds = end - run->start;
  run->is_over = run->result.nanoseconds >= run->plan->nanoseconds
    || (run->plan->most_calls > 0 && run->result.calls >= run->plan->most_calls)
    || (run->plan->stop != NULL && __atomic_load_n(run->plan->stop, __ATOMIC_ACQUIRE) != 0);
}

static int run_paced(run *run, party *party, char *piece) {
  uint64_t slot = now();
  while (!run->is_over) {
    wait_until(slot);
    slot += run->plan->interval_nanoseconds;
    // A slot that was missed is not made up for in a burst.
    if (slot < now()) slot = now();
    int fault = ask(party, run->plan, ++run->asked);
    bool is_whole = false;
    uint64_t bytes = 0;
    while (fault == 0 && !is_whole) fault = take(party, piece, &bytes, &is_whole);
    if (fault != 0) return fault;
    answered(run, party, bytes);
  }
  return 0;
}

static int run_all(run *run, party *parties, char *piece) {
  int count = run->plan->connections;
  int waiting = epoll_create1(EPOLL_CLOEXEC);
  if (waiting < 0) return errno;
  int fault = 0;
  uint64_t *bytes = calloc((size_t)count, sizeof *bytes);
  if (bytes == NULL) fault = ENOMEM;
  for (int index = 0; index < count && fault == 0; index++) {
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = (uint32_t)index};
    if (epoll_ctl(waiting, EPOLL_CTL_ADD, parties[index].descriptor, &event) != 0) fault = errno;
    if (fault == 0) fault = ask(&parties[index], run->plan, ++run->asked);
  }
  while (fault == 0 && !run->is_over) {
    struct epoll_event events[events_at_once];
    int ready = epoll_wait(waiting, events, events_at_once, -1);
    if (ready < 0 && errno != EINTR) fault = errno;
    for (int index = 0; index < ready && fault == 0; index++) {
      uint32_t which = events[index].data.u32;
      party *party = &parties[which];
      bool is_whole = false;
      fault = take(party, piece, &bytes[which], &is_whole);
      if (fault != 0 || !is_whole) continue;
      answered(run, party, bytes[which]);
      bytes[which] = 0;
      if (!run->is_over) fault = ask(party, run->plan, ++run->asked);
    }
  }
  free(bytes);
  close(waiting);
  return fault;
}

load_result load_run(const load_plan *plan, load_record record, void *context) {
  keep_to(plan->core);
  run run = {.plan = plan, .record = record, .context = context, .start = now()};
  party *parties = calloc((size_t)plan->connections, sizeof *parties);
  char *piece = malloc(piece_size);
  int opened = 0;
  int fault = parties == NULL || piece == NULL ? ENOMEM : 0;
  while (fault == 0 && opened < plan->connections) {
    int descriptor = connect_to(plan->path);
    if (descriptor < 0) {
      fault = -descriptor;
    } else {
      parties[opened++].descriptor = descriptor;
    }
  }
  if (fault == 0) {
    bool is_paced = plan->connections == 1 && plan->interval_nanoseconds > 0;
    fault = is_paced ? run_paced(&run, parties, piece) : run_all(&run, parties, piece);
  }
  for (int index = 0; index < opened; index++) close(parties[index].descriptor);
  free(parties);
  free(piece);
  run.result.fault = fault;
  return run.result;
}

long load_call(int descriptor, const char *request, char *answer, size_t capacity) {
  int fault = write_all(descriptor, request, strlen(request));
  size_t length = 0;
  while (fault == 0) {
    if (length == capacity) return -EMSGSIZE;
    ssize_t count = recv(descriptor, answer + length, capacity - length, 0);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return -errno;
    if (count == 0) return -ECONNRESET;
    length += (size_t)count;
    if (answer[length - 1] == '\n') return (long)length;
  }
  return -fault;
}

void load_stop(int *flag) { __atomic_store_n(flag, 1, __ATOMIC_RELEASE); }

uint64_t load_listen(int descriptor, const char *request) {
  uint64_t bytes = 0;
  char *piece = malloc(piece_size);
  if (piece != NULL && write_all(descriptor, request, strlen(request)) == 0) {
    for (;;) {
      ssize_t count = recv(descriptor, piece, piece_size, 0);
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) break;
      bytes += (uint64_t)count;
    }
  }
  free(piece);
  return bytes;
}

int load_first_answer(const char *path, const char *request, uint64_t limit) {
  uint64_t end = now() + limit;
  int descriptor = connect_to(path);
  while (descriptor < 0 && now() < end) {
    struct timespec pause = {.tv_nsec = 100000};
    nanosleep(&pause, NULL);
    descriptor = connect_to(path);
  }
  if (descriptor < 0) return ETIMEDOUT;
  size_t capacity = 1 << 24;
  char *answer = malloc(capacity);
  if (answer == NULL) {
    close(descriptor);
    return ENOMEM;
  }
  long length = load_call(descriptor, request, answer, capacity);
  close(descriptor);
  bool is_good = length > 0 && memmem(answer, (size_t)length, "\"result\"", 8) != NULL;
  free(answer);
  if (is_good) return 0;
  return length < 0 ? (int)-length : EPROTO;
}

int load_open(const char *path, int count, int *descriptors) {
  int opened = 0;
  while (opened < count) {
    int descriptor = connect_to(path);
    if (descriptor < 0) break;
    descriptors[opened++] = descriptor;
  }
  return opened;
}
