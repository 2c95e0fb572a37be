/* A plugin that is called as another one is. */
#define NAME "good"
#define COMMAND "something-else"
#include "bad.h"
