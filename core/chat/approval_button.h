// The buttons, selects and forms on a message that asks people: what is pressed, and about which request.
#pragma once

#include <optional>
#include <string>

#include "base/clock.h"
#include "base/ids.h"
#include "chat/custom_id.h"

namespace coordinator::chat {

struct ApprovalButton {
  // `why` opens a form in which the reason is written, and is the form's own name too; so is `other`, where a
  // question is answered in one's own words.
  enum class What { allow, session, deny, why, choose, other };

  What what = What::allow;
  MessageId mention;  // with the chunk: the request
  int chunk = 0;
  int question = 0;  // of several; of choose and other
  int option = -1;   // of choose; negative: the options are a select's values
  WallTime expires{};

  // As a custom_id.
  std::string text() const;
  // Absent where it is none of these.
  static std::optional<ApprovalButton> parse(const CustomId& id);

  // The form's only field.
  static constexpr const char* kField = "words";
};

}  // namespace coordinator::chat
