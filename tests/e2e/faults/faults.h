/* What is wrong with the machine: a file that a test maps and changes while the programs run. */
#pragma once

#include <stdint.h>

struct coordinator_faults {
  int64_t clock_seconds; /* added to the wall clock */
  int64_t disk_full;     /* 1: nothing can be written below COORDINATOR_FULL */
  int64_t disk_wait;     /* milliseconds that the disk takes to have something for sure */
  int64_t disk_hangs;    /* 1: it takes until this is 0 again */
};
