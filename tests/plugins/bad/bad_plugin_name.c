/* A plugin whose name no custom_id could carry. */
#define NAME "bad:plugin:name"
#define COMMAND "bad-plugin-name"
#include "bad.h"
