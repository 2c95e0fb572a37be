// Who may answer what an agent asks, and what a press on its message means.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "app/chat_services.h"
#include "command/services.h"

namespace coordinator::app {

class ChatApprovals : public command::ApprovalService {
 public:
  explicit ChatApprovals(ChatLinks links) : links_(std::move(links)) {}

  void press(const chat::Person& by, const chat::ApprovalButton& button,
             const std::vector<std::string>& values, std::optional<std::string> words, Done done) override;

 private:
  using Answer = tl::expected<command::ApprovalView, command::Refusal>;
  Answer pressed(const chat::Person& by, const chat::ApprovalButton& button,
                 const std::vector<std::string>& values, const std::optional<std::string>& words);
  std::optional<command::Refusal> refusal(const chat::Person& by, const chat::ApprovalButton& button) const;

  ChatLinks links_;
};

class ChatAudit : public command::AuditService {
 public:
  explicit ChatAudit(ChatLinks links) : links_(std::move(links)) {}

  void audit(const chat::Person& by, std::optional<ChannelId> channel,
             std::function<void(Rows)> done) override;

 private:
  std::optional<command::Refusal> refusal(const chat::Person& by, ChannelId channel) const;

  ChatLinks links_;
};

}  // namespace coordinator::app
