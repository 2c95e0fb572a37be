// A machine whose clock jumps and whose disk is full, for a program that is run with this in LD_PRELOAD: the
// C library's own calls, with what the file named by COORDINATOR_FAULTS holds (see faults.h) put between.
#define _GNU_SOURCE
#include "faults.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/time.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

static const volatile struct coordinator_faults* faults(void) {
  static const volatile struct coordinator_faults* mapped;
  static const struct coordinator_faults none;
  if (mapped) return mapped;
  const char* path = getenv("COORDINATOR_FAULTS");
  int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
  void* memory = fd < 0 ? MAP_FAILED : mmap(NULL, sizeof *mapped, PROT_READ, MAP_SHARED, fd, 0);
  if (fd >= 0) close(fd);
  mapped = memory == MAP_FAILED ? &none : memory;
  return mapped;
}

#define REAL(name) (__extension__(__typeof__(&name)) dlsym(RTLD_NEXT, #name))

// ---- The clock

int clock_gettime(clockid_t clock, struct timespec* time) {
  static __typeof__(&clock_gettime) real;
  if (!real) real = REAL(clock_gettime);
  int result = real(clock, time);
  if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
    time->tv_sec += faults()->clock_seconds;
  return result;
}

int gettimeofday(struct timeval* restrict time, void* restrict zone) {
  static __typeof__(&gettimeofday) real;
  if (!real) real = REAL(gettimeofday);
  int result = real(time, zone);
  if (result == 0) time->tv_sec += faults()->clock_seconds;
  return result;
}

time_t time(time_t* out) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (out) *out = now.tv_sec;
  return now.tv_sec;
}

// ---- The disk: of the directory in COORDINATOR_FULL, and below it

static int below(const char* path) {
  const char* directory = getenv("COORDINATOR_FULL");
  return directory && strncmp(path, directory, strlen(directory)) == 0;
}

static int full(int fd) {
  if (!faults()->disk_full) return 0;
  char link[32], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return 0;
  path[length] = 0;
  return below(path);
}

#define REFUSE_IF_FULL(fd) \
  if (full(fd)) return errno = ENOSPC, -1

ssize_t write(int fd, const void* bytes, size_t size) {
  REFUSE_IF_FULL(fd);
  return REAL(write)(fd, bytes, size);
}

ssize_t pwrite(int fd, const void* bytes, size_t size, off_t offset) {
  REFUSE_IF_FULL(fd);
  return REAL(pwrite)(fd, bytes, size, offset);
}

ssize_t pwrite64(int fd, const void* bytes, size_t size, off64_t offset) {
  REFUSE_IF_FULL(fd);
  return REAL(pwrite64)(fd, bytes, size, offset);
}

int posix_fallocate(int fd, off_t offset, off_t length) {
  return full(fd) ? ENOSPC : REAL(posix_fallocate)(fd, offset, length);
}

static void pass(int64_t milliseconds) {
  struct timespec time = {.tv_sec = milliseconds / 1000, .tv_nsec = milliseconds % 1000 * 1000000};
  nanosleep(&time, NULL);
}

static void wait_for_disk(void) {
  if (faults()->disk_wait) pass(faults()->disk_wait);
  while (faults()->disk_hangs) pass(10);
}

int fsync(int fd) {
  wait_for_disk();
  return REAL(fsync)(fd);
}

int fdatasync(int fd) {
  wait_for_disk();
  return REAL(fdatasync)(fd);
}

int mkdir(const char* path, mode_t mode) {
  if (faults()->disk_full && below(path)) return errno = ENOSPC, -1;
  return REAL(mkdir)(path, mode);
}

int statvfs(const char* restrict path, struct statvfs* restrict disk) {
  int result = REAL(statvfs)(path, disk);
  if (result == 0 && faults()->disk_full && below(path)) disk->f_bavail = disk->f_bfree = 0;
  return result;
}

int fstatvfs(int fd, struct statvfs* disk) {
  int result = REAL(fstatvfs)(fd, disk);
  if (result == 0 && full(fd)) disk->f_bavail = disk->f_bfree = 0;
  return result;
}
