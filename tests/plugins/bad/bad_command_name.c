/* A plugin whose command Discord would not take. */
#define NAME "bad-command-name"
#define COMMAND "Bad Name"
#include "bad.h"
