// What the demo agent does for each step of a script.
#pragma once

#include <deque>
#include <optional>
#include <set>
#include <string>

#include "base/json.h"
#include "input.h"
#include "options.h"
#include "script.h"
#include "session.h"
#include "speech.h"

namespace demo {

// One message's turn: performs its script, or answers with a few friendly words.
class Behaviour {
 public:
  Behaviour(const Options& options, Session& session, Input& input)
      : options_(options), session_(session), input_(input) {}

  // Everything up to and without the result.
  Result answer(const UserMessage& message);

 private:
  using Action = void (Behaviour::*)(const std::string& argument);
  static Action action_of(const std::string& verb);
  void take_in(std::deque<Step>& steps);
  void say_step(const std::string& words);
  void tell(const std::string& text);
  std::string next_tool();
  std::optional<coordinator::Json> ask(const std::string& tool_use_id, coordinator::Json request);

  void abandon(const std::string&);
  void big(const std::string& length);
  void code(const std::string& lines);
  void crash(const std::string&);
  void deaf(const std::string&);
  void env(const std::string& name);
  void fail(const std::string& words);
  void flood(const std::string& bytes);
  void give(const std::string& argument);
  void grandchild(const std::string& seconds);
  void hang(const std::string&);
  void history(const std::string&);
  void long_line(const std::string& length);
  void malformed(const std::string&);
  void permission(const std::string& command);
  void read(const std::string& path);
  void plan(const std::string& words);
  void question(const std::string& words);
  void retry(const std::string&);
  void sleep(const std::string& seconds);
  void stderr_words(const std::string& words);
  void stream(const std::string& count);
  void tool(const std::string& command);

  const Options& options_;
  Session& session_;
  Input& input_;
  std::string prompt_;
  Result result_;
  int requests_ = 0, tools_ = 0;
  std::set<std::string> allowed_;  // for this process
};

}  // namespace demo
