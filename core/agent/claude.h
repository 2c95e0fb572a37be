// The adapter for Claude Code: `claude -p` with stream-json both ways.
// https://code.claude.com/docs/en/headless
//
// The control protocol (interrupt, can_use_tool) is not documented by its makers; it is as 2.1.330 speaks it.
#pragma once

#include "agent/adapter.h"

namespace coordinator::agent {

class Claude : public Adapter {
 public:
  std::vector<std::string> argv(const TurnSpec& spec) const override;
  NameList passed_environment() const override;
  Environment environment(const TurnSpec& spec) const override;
  std::vector<ModelAlias> models() const override;
  bool is_full_model_id(std::string_view name) const override;
  std::string prompt(const TurnSpec& spec) const override;
  std::string steering(const Steering& steering) const override;
  std::string interrupt() const override;
  std::string answer(const PermissionAnswer& answer) const override;
  std::vector<Event> parse(std::string_view line) const override;
  Failure failure_of(std::string_view stderr_tail) const override;
};

}  // namespace coordinator::agent
