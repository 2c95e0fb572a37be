// What was read, as it will be when a batch is committed.
#pragma once

#include <optional>
#include <vector>

#include "base/ids.h"
#include "store/batch.h"
#include "store/records.h"

namespace coordinator::store {

// The channel's history, as Store::history() tells it.
void lay_over(std::vector<Session>& history, ChannelId channel, const Batch& batch);
// The mention, as Store::mention() tells it.
void lay_over(std::optional<Kept>& kept, MessageId message, const Batch& batch);

}  // namespace coordinator::store
