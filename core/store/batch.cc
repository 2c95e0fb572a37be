#include "store/batch.h"

#include <utility>
#include <variant>

#include "base/overloaded.h"

namespace coordinator::store {

void Batch::add(Write record) {
  auto [found, missing] = places_.try_emplace(identity_of(record));
  if (missing) {
    found->second = records_.insert(records_.end(), std::move(record));
    return;
  }
  bool stays = std::holds_alternative<Inbox>(record) || std::holds_alternative<Outbox>(record);
  *found->second = std::move(record);
  if (!stays) records_.splice(records_.end(), records_, found->second);
}

bool Batch::has(MessageId message) const {
  Inbox mention;
  mention.message = message;
  return places_.contains(identity_of(mention));
}

bool Batch::has(InteractionId interaction) const {
  return places_.contains(identity_of(Interaction{interaction, {}}));
}

void Batch::clear() {
  places_.clear();
  records_.clear();
}

Batch::Identity Batch::identity_of(const Write& record) {
  return std::visit(Overloaded{[&](const Inbox& r) {
                                 return Identity{record.index(), r.message.value, {}};
                               },
                               [&](const Session& r) {
                                 return Identity{record.index(), r.channel.value, r.session_id};
                               },
                               [&](const Turn& r) {
                                 return Identity{record.index(), 0, r.turn_id};
                               },
                               [&](const Outbox& r) {
                                 return Identity{record.index(), r.source.value, std::to_string(r.chunk)};
                               },
                               [&](const Note& r) {
                                 return Identity{record.index(), 0, r.name};
                               },
                               [&](const Interaction& r) {
                                 return Identity{record.index(), r.interaction.value, {}};
                               },
                               [&](const PluginValue& r) {  // no plugin has a line end in its name
                                 return Identity{record.index(), 0, r.plugin + "\n" + r.key};
                               },
                               [&](const Mark& r) {
                                 return Identity{record.index(), r.message.value, r.emoji};
                               },
                               [&](const Approval& r) {
                                 return Identity{record.index(), r.mention.value, std::to_string(r.chunk)};
                               }},
                    record);
}

}  // namespace coordinator::store
