/* The smallest plugin, so that each bad one is bad in one thing only. */
#ifndef BAD_H
#define BAD_H

#include "coordinator/plugin.h"

/* A source says before this what it wants to be different. */
#ifndef SIZE
#define SIZE sizeof(coordinator_plugin)
#endif
#ifndef MAJOR
#define MAJOR COORDINATOR_MAJOR
#endif
#ifndef VERSION
#define VERSION "1.0"
#endif
#ifndef COMMAND
#define COMMAND NAME
#endif
#ifndef OPTIONS
#define OPTIONS NULL, 0
#endif
#ifndef EXTENSIONS
#define EXTENSIONS NULL, 0
#endif
#ifndef START
#define START NULL
#endif
#ifndef STOP
#define STOP NULL
#endif
#ifndef RUN
#define RUN run_nothing
static void run_nothing(void* state, coordinator_call call) {
  (void)state;
  (void)call;
}
#endif

static const coordinator_command kCommand = {sizeof(coordinator_command),
                                             0,
                                             COORDINATOR_STRING(COMMAND),
                                             COORDINATOR_STRING("Is used by tests"),
                                             OPTIONS,
                                             0,
                                             RUN,
                                             NULL};
static const coordinator_command* const kCommands[] = {&kCommand};
static const coordinator_plugin kPlugin = {SIZE,
                                           MAJOR,
                                           COORDINATOR_MINOR,
                                           COORDINATOR_STRING(NAME),
                                           COORDINATOR_STRING(VERSION),
                                           COORDINATOR_STRING("One for tests"),
                                           kCommands,
                                           1,
                                           EXTENSIONS,
                                           START,
                                           STOP,
                                           NULL,
                                           NULL};

#ifndef NO_SYMBOL
#ifdef __cplusplus
extern "C"
#endif
    COORDINATOR_EXPORT const coordinator_plugin*
    coordinator_plugin_v1(void) {
  return &kPlugin;
}
#endif

#endif
