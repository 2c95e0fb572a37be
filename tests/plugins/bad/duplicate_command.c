/* A plugin with a command that another one has. */
#define NAME "duplicate-command"
#define COMMAND "good"
#include "bad.h"
