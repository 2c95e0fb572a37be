// What is particular to one agent CLI: how it is started, what is written to it, what its lines mean. Pure:
// an adapter knows no process, no clock and no file.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "agent/environment.h"
#include "agent/event.h"
#include "agent/spec.h"

namespace coordinator::agent {

// The answer to a PermissionRequest.
struct PermissionAnswer {
  std::string request_id;
  bool allow = false;
  std::string message = {};  // with a refusal: what the agent is told
  std::string input = {};    // with a leave: the input to use instead, as JSON text; empty: as it was asked
  std::vector<std::string> rules = {};  // not to be asked for again by this process (PermissionRequest)
};

// More words for a turn that runs already.
struct Steering {
  std::string message_uuid;  // a UUID, chosen by us: the same words under the same one are said once
  std::string prompt;
};

// A model that people may choose, by a name that outlives the model behind it.
struct ModelAlias {
  std::string alias, description;
};

// Lines are whole: what is written ends in a line end, what is read comes without it.
class Adapter {
 public:
  virtual ~Adapter() = default;

  // Never holds the user's words: they would be options if they began with a dash, and anyone can read argv.
  virtual std::vector<std::string> argv(const TurnSpec& spec) const = 0;
  virtual NameList passed_environment() const = 0;
  virtual Environment environment(const TurnSpec& spec) const = 0;

  // The aliases worth offering; the agent may know more.
  virtual std::vector<ModelAlias> models() const = 0;
  // Whether this names one model for good, which will be gone one day, rather than an alias.
  virtual bool is_full_model_id(std::string_view name) const = 0;

  virtual std::string prompt(const TurnSpec& spec) const = 0;
  virtual std::string steering(const Steering& steering) const = 0;
  virtual std::string interrupt() const = 0;
  virtual std::string answer(const PermissionAnswer& answer) const = 0;

  // What one line says: one event at least (Alive, where it is nothing to us), in order. Never fails: a line
  // that is none of the protocol's is Malformed.
  virtual std::vector<Event> parse(std::string_view line) const = 0;
  // What the end of its stderr tells about an agent that ended without a result.
  virtual Failure failure_of(std::string_view stderr_tail) const = 0;
};

// The adapter of that kind, or null where there is none ("claude" is the one there is).
std::unique_ptr<Adapter> make_adapter(std::string_view kind);

}  // namespace coordinator::agent
