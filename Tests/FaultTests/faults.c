// Faults from below, for a daemon that is started with this library in LD_PRELOAD.
//
// What goes wrong is read from the file that FLEET_FAULTS names, whenever it has changed; without that file all is well:
//
//   write NUMBER      writing to the store's files fails with that errno
//   short             writing to the store's files takes half, then there is no space
//   read NUMBER       reading from them fails
//   sync NUMBER       syncing them fails
//   clock SECONDS     the wall clock is ahead by that much, or behind, whichever call asks for it
//   allocate LIBRARY N  every N-th allocation that LIBRARY asks for fails, that of jansson also through its hook
//   allocation LIBRARY N  the N-th of them alone fails; a file with ".struck" after its name tells when it has
//   names HOST SECONDS  a name with HOST in it is looked up for that long, and then unknown
//
// The store's files are those with FLEET_FAULTS_FILES in their path.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <netdb.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

static _Atomic int write_error, read_error, sync_error, is_short;
static _Atomic long clock_ahead;
static char slow_host[64];
static _Atomic long slow_seconds;
static _Atomic long allocate_every, allocate_one, allocations;
static _Atomic uintptr_t library_start, library_end;
static _Atomic long last_change = -1;
static _Atomic int is_reading;
static void *(*_Atomic jansson_allocate)(size_t);
static __thread int refuses_next __attribute__((tls_model("initial-exec")));

struct library {
  const char *name;
  uintptr_t start, end;
};

static int find_library(struct dl_phdr_info *info, size_t size, void *found) {
  struct library *library = found;
  (void)size;
  if (!info->dlpi_name || !strstr(info->dlpi_name, library->name)) return 0;
  for (int i = 0; i < info->dlpi_phnum; i++) {
    const ElfW(Phdr) *part = &info->dlpi_phdr[i];
    if (part->p_type != PT_LOAD || !(part->p_flags & PF_X)) continue;
    library->start = info->dlpi_addr + part->p_vaddr;
    library->end = library->start + part->p_memsz;
  }
  return 1;
}

// Reads the file with system calls alone: this runs within allocations.
static void read_faults(void) {
  const char *path = getenv("FLEET_FAULTS");
  struct stat status;
  if (!path) return;
  long change = syscall(SYS_newfstatat, AT_FDCWD, path, &status, 0) == 0
                    ? status.st_mtim.tv_sec * 1000000000L + status.st_mtim.tv_nsec
                    : 0;
  if (atomic_load(&last_change) == change) return;
  if (atomic_exchange(&is_reading, 1)) return;
  char text[256] = "", name[64] = "";
  long number = 0;
  int file = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
  if (file >= 0) {
    long count = syscall(SYS_read, file, text, sizeof text - 1);
    if (count > 0) text[count] = 0;
    syscall(SYS_close, file);
  }
  atomic_store(&write_error, sscanf(text, "write %ld", &number) == 1 ? (int)number : 0);
  atomic_store(&read_error, sscanf(text, "read %ld", &number) == 1 ? (int)number : 0);
  atomic_store(&sync_error, sscanf(text, "sync %ld", &number) == 1 ? (int)number : 0);
  atomic_store(&is_short, strncmp(text, "short", 5) == 0);
  atomic_store(&clock_ahead, sscanf(text, "clock %ld", &number) == 1 ? number : 0);
  char host[64] = "";
  long seconds = sscanf(text, "names %63s %ld", host, &number) == 2 ? number : 0;
  if (seconds > 0) memcpy(slow_host, host, sizeof slow_host);
  atomic_store(&slow_seconds, seconds);
  long every = 0, one = 0;
  if (sscanf(text, "allocate %63s %ld", name, &number) == 2) {
    every = number;
  } else if (sscanf(text, "allocation %63s %ld", name, &number) == 2) {
    one = number;
  }
  if (every || one) {
    struct library library = {name, 0, 0};
    dl_iterate_phdr(find_library, &library);
    atomic_store(&library_start, library.start);
    atomic_store(&library_end, library.end);
  }
  atomic_store(&allocations, 0);
  atomic_store(&allocate_every, every);
  atomic_store(&allocate_one, one);
  atomic_store(&last_change, change);
  atomic_store(&is_reading, 0);
}

static int is_of_the_store(int file) {
  char link[64], target[512];
  const char *mark = getenv("FLEET_FAULTS_FILES");
  if (!mark) return 0;
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  ssize_t length = readlink(link, target, sizeof target - 1);
  if (length <= 0) return 0;
  target[length] = 0;
  return strstr(target, mark) != NULL;
}

ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t offset) {
  read_faults();
  if ((atomic_load(&write_error) || atomic_load(&is_short)) && is_of_the_store(file)) {
    if (atomic_load(&is_short) && count > 1) {
      return syscall(SYS_pwrite64, file, bytes, count / 2, offset);
    }
    errno = atomic_load(&is_short) ? ENOSPC : atomic_load(&write_error);
    return -1;
  }
  return syscall(SYS_pwrite64, file, bytes, count, offset);
}

ssize_t pwrite(int file, const void *bytes, size_t count, off_t offset) {
  return pwrite64(file, bytes, count, offset);
}

ssize_t pread64(int file, void *bytes, size_t count, off64_t offset) {
  read_faults();
  if (atomic_load(&read_error) && is_of_the_store(file)) {
    errno = atomic_load(&read_error);
    return -1;
  }
  return syscall(SYS_pread64, file, bytes, count, offset);
}

ssize_t pread(int file, void *bytes, size_t count, off_t offset) { return pread64(file, bytes, count, offset); }

int fdatasync(int file) {
  read_faults();
  if (atomic_load(&sync_error) && is_of_the_store(file)) {
    errno = atomic_load(&sync_error);
    return -1;
  }
  return (int)syscall(SYS_fdatasync, file);
}

int fsync(int file) {
  read_faults();
  if (atomic_load(&sync_error) && is_of_the_store(file)) {
    errno = atomic_load(&sync_error);
    return -1;
  }
  return (int)syscall(SYS_fsync, file);
}

int clock_gettime(clockid_t clock, struct timespec *time) {
  int result = (int)syscall(SYS_clock_gettime, clock, time);
  if ((clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE) && result == 0) {
    read_faults();
    time->tv_sec += atomic_load(&clock_ahead);
  }
  return result;
}

// What SQLite asks, by whose clock claims are judged.
int gettimeofday(struct timeval *restrict time, void *restrict zone) {
  struct timespec now;
  int result = clock_gettime(CLOCK_REALTIME, &now);
  (void)zone;
  if (result == 0) *time = (struct timeval){now.tv_sec, now.tv_nsec / 1000};
  return result;
}

time_t time(time_t *result) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME_COARSE, &now);
  if (result) *result = now.tv_sec;
  return now.tv_sec;
}

int getaddrinfo(const char *host, const char *service, const struct addrinfo *hints, struct addrinfo **found) {
  int (*look_up)(const char *, const char *, const struct addrinfo *, struct addrinfo **) =
      dlsym(RTLD_NEXT, "getaddrinfo");
  read_faults();
  long seconds = atomic_load(&slow_seconds);
  if (seconds == 0 || !host || !strstr(host, slow_host)) return look_up(host, service, hints, found);
  struct timespec rest = {seconds, 0};
  while (nanosleep(&rest, &rest) != 0 && errno == EINTR) continue;
  return EAI_AGAIN;
}

static int is_of_the_library(void *caller) {
  uintptr_t address = (uintptr_t)caller;
  return address >= atomic_load(&library_start) && address < atomic_load(&library_end);
}

static void tell_struck(void) {
  char path[4096];
  snprintf(path, sizeof path, "%s.struck", getenv("FLEET_FAULTS"));
  syscall(SYS_close, syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
}

static int is_the_nth(void) {
  long every = atomic_load(&allocate_every), one = atomic_load(&allocate_one);
  if (every <= 0 && one <= 0) return 0;
  long number = atomic_fetch_add(&allocations, 1) + 1;
  if (every > 0) return number % every == 0;
  if (number != one) return 0;
  tell_struck();
  return 1;
}

// Only what the library itself asks for fails: Swift's runtime ends the process when it gets no memory.
static int fails(void *caller) {
  if (refuses_next) {
    refuses_next = 0;
    return 1;
  }
  read_faults();
  return is_of_the_library(caller) && is_the_nth();
}

static void *allocate_for_jansson(size_t size) {
  refuses_next = is_of_the_library(__builtin_return_address(0)) && is_the_nth();
  void *memory = atomic_load(&jansson_allocate)(size);
  refuses_next = 0;
  return memory;
}

void json_set_alloc_funcs(void *(*allocate)(size_t), void (*release)(void *)) {
  void (*set)(void *(*)(size_t), void (*)(void *)) = dlsym(RTLD_NEXT, "json_set_alloc_funcs");
  atomic_store(&jansson_allocate, allocate);
  set(allocate_for_jansson, release);
}

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);

void *malloc(size_t size) {
  if (!fails(__builtin_return_address(0))) return __libc_malloc(size);
  errno = ENOMEM;
  return NULL;
}

void *calloc(size_t count, size_t size) {
  if (!fails(__builtin_return_address(0))) return __libc_calloc(count, size);
  errno = ENOMEM;
  return NULL;
}

void *realloc(void *memory, size_t size) {
  if (!fails(__builtin_return_address(0))) return __libc_realloc(memory, size);
  errno = ENOMEM;
  return NULL;
}

// The C library's own would ask for the memory itself.
char *strdup(const char *text) {
  size_t size = strlen(text) + 1;
  char *copy = fails(__builtin_return_address(0)) ? NULL : __libc_malloc(size);
  if (!copy) {
    errno = ENOMEM;
    return NULL;
  }
  return memcpy(copy, text, size);
}
