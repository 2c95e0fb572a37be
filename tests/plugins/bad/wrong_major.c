/* A plugin of another contract. */
#define NAME "wrong-major"
#define MAJOR 2
#include "bad.h"
