/* A plugin with more options than a command may have. */
#include "coordinator/plugin.h"

static const coordinator_option kOption = {sizeof(coordinator_option),
                                           COORDINATOR_TEXT,
                                           0,
                                           COORDINATOR_STRING("one"),
                                           COORDINATOR_STRING("Of many"),
                                           NULL,
                                           0,
                                           NULL,
                                           0};
#define FIVE &kOption, &kOption, &kOption, &kOption, &kOption
static const coordinator_option* const kOptions[] = {FIVE, FIVE, FIVE, FIVE, FIVE, &kOption};
#define NAME "too-many-options"
#define OPTIONS kOptions, 26
#include "bad.h"
