// The recording host's tables: the functions that a plugin calls.
#pragma once

#include "coordinator/plugin.h"

namespace coordinator::test {

// For the head of a struct that a RecordingHost follows.
coordinator_host core_table();

}  // namespace coordinator::test
