// Discord's limits, in one table. Lengths are Unicode code points unless a line says otherwise.
// https://discord.com/developers/docs/resources/message, .../components/reference, .../interactions
#pragma once

#include <cstddef>

#include "base/clock.h"

namespace coordinator::discord::limits {

// Messages.
inline constexpr std::size_t kContent = 2000;
inline constexpr std::size_t kEmbeds = 10;
inline constexpr std::size_t kEmbedTitle = 256;
inline constexpr std::size_t kEmbedDescription = 4096;
inline constexpr std::size_t kEmbedFields = 25;
inline constexpr std::size_t kEmbedFieldName = 256;
inline constexpr std::size_t kEmbedFieldValue = 1024;
inline constexpr std::size_t kEmbedFooter = 2048;
inline constexpr std::size_t kEmbedAuthor = 256;
inline constexpr std::size_t kEmbedsTotal = 6000;
inline constexpr std::size_t kNonce = 25;        // characters
inline constexpr std::size_t kMentionIds = 100;  // in allowed_mentions
inline constexpr std::size_t kReactionKinds = 20;

// Files.
inline constexpr std::size_t kFiles = 10;
inline constexpr std::size_t kFileBytes = 10 * 1024 * 1024;
inline constexpr std::size_t kRequestBytes = 25 * 1024 * 1024;
inline constexpr std::size_t kFileDescription = 1024;

// Components.
inline constexpr std::size_t kActionRows = 5;
inline constexpr std::size_t kButtonsInRow = 5;
inline constexpr std::size_t kCustomId = 100;
inline constexpr std::size_t kButtonLabel = 80;
inline constexpr std::size_t kSelectOptions = 25;
inline constexpr std::size_t kSelectPlaceholder = 150;
inline constexpr std::size_t kSelectOptionText = 100;

// Interactions.
inline constexpr Millis kCallbackTime = 3s;
inline constexpr Millis kInteractionTokenTime = 15min;
inline constexpr std::size_t kChoices = 25;
inline constexpr std::size_t kModalTitle = 45;
inline constexpr std::size_t kModalComponents = 5;
inline constexpr std::size_t kModalLabel = 45;
inline constexpr std::size_t kTextInput = 4000;

// Commands.
inline constexpr std::size_t kCommands = 100;
inline constexpr std::size_t kCommandName = 32;
inline constexpr std::size_t kCommandDescription = 100;
inline constexpr std::size_t kCommandOptions = 25;
inline constexpr std::size_t kCommandTotal = 8000;

// Threads and typing.
inline constexpr std::size_t kThreadName = 100;
inline constexpr Millis kTypingLasts = 10s;

// The gateway.
inline constexpr std::size_t kGatewayPayloadBytes = 4096;
inline constexpr std::size_t kGatewaySends = 120;
inline constexpr Millis kGatewayWindow = 60s;
inline constexpr Millis kIdentifyWindow = 5s;

// REST.
inline constexpr std::size_t kGlobalPerSecond = 50;
inline constexpr std::size_t kInvalidRequests = 10'000;
inline constexpr Millis kInvalidWindow = 10min;

}  // namespace coordinator::discord::limits
