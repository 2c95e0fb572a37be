// States as the words that stand for them in state.db.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

#include "store/records.h"

namespace coordinator::store {

// In the order of the enumerations.
inline constexpr std::array<std::string_view, 7> kInboxWords = {
    "queued", "running", "answering", "answered", "failed", "cancelled", "interrupted"};
inline constexpr std::array<std::string_view, 5> kTurnWords = {"running", "succeeded", "failed", "cancelled",
                                                               "interrupted"};
inline constexpr std::array<std::string_view, 3> kOutboxWords = {"pending", "sent", "refused"};
inline constexpr std::array<std::string_view, 8> kAttachmentWords = {
    "wanted", "there", "too many", "too large", "gone", "unreachable", "no room", "no place"};

inline constexpr std::array<std::string_view, 6> kApprovalWords = {"pending", "allowed", "allowed_session",
                                                                   "denied",  "expired", "withdrawn"};

constexpr std::string_view word(InboxState state) { return kInboxWords[static_cast<std::size_t>(state)]; }
constexpr std::string_view word(TurnState state) { return kTurnWords[static_cast<std::size_t>(state)]; }
constexpr std::string_view word(OutboxState state) { return kOutboxWords[static_cast<std::size_t>(state)]; }
constexpr std::string_view word(AttachmentState state) {
  return kAttachmentWords[static_cast<std::size_t>(state)];
}

constexpr std::string_view word(ApprovalState state) {
  return kApprovalWords[static_cast<std::size_t>(state)];
}

template <class State, std::size_t count>
std::optional<State> state_of(const std::array<std::string_view, count>& words, std::string_view word) {
  for (std::size_t i = 0; i < count; ++i)
    if (words[i] == word) return static_cast<State>(i);
  return std::nullopt;
}

}  // namespace coordinator::store
