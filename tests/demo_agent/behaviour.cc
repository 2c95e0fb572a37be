#include "behaviour.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <utility>

#include "base/text.h"

namespace demo {

using coordinator::Json;
using coordinator::Millis;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t kDelta = 60;  // code points of a preview at a time

constexpr const char* kGreeting =
    "Hello! I am the **demo agent** that comes with Coordinator: I speak an agent's protocol, but I cannot "
    "think. "
    "Install Claude Code and log in to get real answers here.\n\n"
    "You wrote:\n\n";

constexpr const char* kHelp =
    "\n\nWhat I can do is play an agent's part. Put one of these in a message:\n\n"
    "- `!history` what you wrote in this session so far\n"
    "- `!stream 20` an answer that grows word by word\n"
    "- `!big 5000` an answer that is too long for one message; `!code 300` so many lines of code\n"
    "- `!tool ls` the use of a tool; `!permission ls` one that has to be allowed\n"
    "- `!question Which colour? | Red | Blue` a question to you; `!plan` a plan to be approved\n"
    "- `!sleep 5`, `!fail`, `!crash`, `!hang` what goes wrong with agents\n";

long number(const std::string& argument, long otherwise) {
  char* end = nullptr;
  long value = std::strtol(argument.c_str(), &end, 10);
  return end == argument.c_str() ? otherwise : value;
}

std::string quoted(const std::string& text) {
  std::string out = "> ";
  for (char c : coordinator::text::ellipsized(text, 500)) {
    out += c;
    if (c == '\n') out += "> ";
  }
  return out;
}

std::string long_text(std::size_t length) {
  std::string text = "# A long answer\n\n";
  for (int i = 1; text.size() < length; ++i) {
    if (i % 3 != 0)
      text += "Paragraph " + std::to_string(i) + ": naïve café, 日本語, 🙂, and *some* **marks**.\n\n";
    else
      text += "```cpp\n// block " + std::to_string(i) + "\nint f(int x) { return x * " + std::to_string(i) +
              "; }\n```\n\n";
  }
  return text.substr(0, coordinator::text::grapheme_floor(text, length));
}

std::string_view next_part(std::string_view& rest, std::string_view mark) {
  std::size_t end = rest.find(mark);
  std::string_view part = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + mark.size());
  return coordinator::text::trimmed(part);
}

Json questions_of(std::string_view words) {
  Json questions = Json::array();
  while (!words.empty()) {
    std::string_view rest = next_part(words, "||"), question = next_part(rest, "|");
    bool several = question.ends_with('*');
    if (several) question.remove_suffix(1);
    Json options = Json::array();
    while (!rest.empty()) {
      std::string label(next_part(rest, "|"));
      options.push(Json::object().set("label", label).set("description", "to take " + label));
    }
    questions.push(Json::object()
                       .set("question", question)
                       .set("header", question.substr(0, 12))
                       .set("options", std::move(options))
                       .set("multiSelect", several));
  }
  return questions;
}

Json block_event(const char* type) { return Json::object().set("type", type).set("index", 0); }

}  // namespace

Result Behaviour::answer(const UserMessage& message) {
  result_ = Result{};
  result_.uuids = {message.uuid};
  prompt_ = message.text;
  auto script = script_of(message.text);
  std::deque<Step> steps(script.begin(), script.end());
  if (steps.empty()) tell(kGreeting + quoted(message.text) + kHelp);
  while (!steps.empty() && !input_.interrupted() && !result_.is_error) {
    Step step = std::move(steps.front());
    steps.pop_front();
    if (Action action = action_of(step.verb)) (this->*action)(step.argument);
    if (!steps.empty()) take_in(steps);
  }
  if (!input_.interrupted()) return result_;
  result_.terminal_reason = "aborted_streaming";
  result_.text.clear();
  return result_;
}

// Like the real one, it reads what is said meanwhile between two steps; what comes behind the last one is a
// turn of its own.
void Behaviour::take_in(std::deque<Step>& steps) {
  for (const UserMessage& message : input_.said_meanwhile()) {
    session_.messages.push_back(message.text);
    result_.uuids.push_back(message.uuid);
    auto more = script_of(message.text);
    if (more.empty()) tell("I was told meanwhile:\n\n" + quoted(message.text));
    steps.insert(steps.end(), more.begin(), more.end());
  }
}

Behaviour::Action Behaviour::action_of(const std::string& verb) {
  static const std::array<std::pair<const char*, Action>, 24> actions = {
      {{"abandon", &Behaviour::abandon},
       {"big", &Behaviour::big},
       {"code", &Behaviour::code},
       {"crash", &Behaviour::crash},
       {"deaf", &Behaviour::deaf},
       {"env", &Behaviour::env},
       {"fail", &Behaviour::fail},
       {"flood", &Behaviour::flood},
       {"give", &Behaviour::give},
       {"grandchild", &Behaviour::grandchild},
       {"hang", &Behaviour::hang},
       {"history", &Behaviour::history},
       {"long-line", &Behaviour::long_line},
       {"malformed", &Behaviour::malformed},
       {"permission", &Behaviour::permission},
       {"plan", &Behaviour::plan},
       {"question", &Behaviour::question},
       {"read", &Behaviour::read},
       {"retry", &Behaviour::retry},
       {"say", &Behaviour::tell},
       {"sleep", &Behaviour::sleep},
       {"stderr", &Behaviour::stderr_words},
       {"stream", &Behaviour::stream},
       {"tool", &Behaviour::tool}}};
  auto found = std::ranges::find_if(actions, [&verb](const auto& entry) { return verb == entry.first; });
  return found == actions.end() ? nullptr : found->second;
}

// A preview in pieces, then the whole.
void Behaviour::tell(const std::string& text) {
  say_stream_event(session_, block_event("content_block_start"));
  for (std::string_view rest = text; !rest.empty();) {
    auto piece = rest.substr(0, coordinator::text::offset_of(rest, kDelta));
    say_delta(session_, piece);
    rest.remove_prefix(piece.size());
  }
  say_text(session_, text);
  result_.text = text;
  result_.said.push_back(text);
}

void Behaviour::abandon(const std::string&) {
  say_delta(session_, "words that will be taken back");
  say(Json::object()
          .set("type", "stream_event")
          .set("session_id", session_.id())
          .set("event", Json::object().set("type", "message_stop"))
          .set("abandoned_blocks", Json::object().set("from_block_index", 0)));
  say_retry(session_, 1);
}

void Behaviour::code(const std::string& lines) {
  std::string text = "Here is the program:\n\n```py\n";
  for (long i = 1, count = number(lines, 300); i <= count; ++i)
    text += "print(" + std::to_string(i) + ")  # naïve café, 日本語\n";
  tell(text + "```\n\nThat is all of it.");
}

void Behaviour::big(const std::string& length) {
  tell(long_text(static_cast<std::size_t>(number(length, 5000))));
}

void Behaviour::crash(const std::string&) {
  say_error("the demo agent crashes, as it was told");
  std::_Exit(3);
}

// Neither words nor signals reach it, except for the one that no process can refuse.
void Behaviour::deaf(const std::string&) {
  signal(SIGINT, SIG_IGN);
  signal(SIGTERM, SIG_IGN);
  for (;;) pause();
}

void Behaviour::env(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  tell(name + (value ? "=" + std::string(value) : " is not set"));
}

void Behaviour::fail(const std::string& words) {
  result_.is_error = true;
  result_.terminal_reason = "api_error";
  result_.api_status = 400;
  result_.text = words.empty() ? "API Error: 400 the demo agent fails, as it was told" : words;
}

// Valid lines, as fast as they go.
void Behaviour::flood(const std::string& bytes) {
  std::string line = R"({"type":"system","subtype":"flood","words":")" + std::string(1000, 'x') + "\"}";
  for (long left = number(bytes, 1'000'000); left > 0; left -= static_cast<long>(line.size())) say_raw(line);
  say_step("flooded");
}

// In a session of its own, with the agent's stdout in its hands, as a tool's shell has it.
void Behaviour::grandchild(const std::string& seconds) {
  std::string time = std::to_string(number(seconds, 600));
  pid_t between = fork();
  if (between == 0) {
    setsid();
    if (fork() == 0) execlp("sleep", "sleep", time.c_str(), nullptr);
    std::_Exit(0);
  }
  waitpid(between, nullptr, 0);
  say_step("left a grandchild behind");
}

// "NAME WORDS": a file for people.
void Behaviour::give(const std::string& argument) {
  const char* outbox = std::getenv("COORDINATOR_OUTBOX");
  auto space = argument.find(' ');
  std::string name = argument.substr(0, space);
  std::ofstream file((outbox ? outbox : "") + ("/" + name), std::ios::binary);
  file << (space == std::string::npos ? "" : argument.substr(space + 1));
  if (!file) tell("cannot write " + name);
}

void Behaviour::hang(const std::string&) { input_.sleep(24h); }

void Behaviour::history(const std::string&) {
  Json list = Json::array();
  for (const auto& message : session_.messages) list.push(message);
  tell(list.dump());
}

void Behaviour::long_line(const std::string& length) {
  say_raw(std::string(static_cast<std::size_t>(number(length, 1'000'000)), 'x'));
}

void Behaviour::malformed(const std::string&) {
  say_raw("{\"type\": this is no JSON");
  say_step("said something malformed");
}

// As the real one: what was allowed for the session is not asked for again by the same process.
void Behaviour::permission(const std::string& command) {
  std::string line = command.empty() ? "touch demo" : command;
  std::string id = next_tool();
  say_tool_use(session_, id, line);
  Json rule = Json::object().set("toolName", "Bash").set("ruleContent", line);
  Json suggestion = Json::object()
                        .set("type", "addRules")
                        .set("rules", Json::array().push(std::move(rule)))
                        .set("behavior", "allow")
                        .set("destination", "localSettings");
  Json request = Json::object()
                     .set("tool_name", "Bash")
                     .set("input", Json::object().set("command", line))
                     .set("permission_suggestions", Json::array().push(std::move(suggestion)));
  bool asks = !allowed_.contains(line);
  auto response = asks ? ask(id, std::move(request)) : Json::object().set("behavior", "allow");
  if (!response) return;
  bool allowed = response->view()["behavior"].text_or("") == "allow";
  if (response->view()["updatedPermissions"].size() > 0) allowed_.insert(line);
  auto words = response->view()["message"].text_or("");
  say_tool_result(session_, id, words, !allowed);
  tell(allowed ? "I was allowed to run `" + line + "` (but I only pretend)."
               : "I was not allowed to: " + words);
}

// The file of that name that the prompt says is attached.
void Behaviour::read(const std::string& name) {
  auto end = prompt_.find("/" + name + " (");
  auto begin = prompt_.rfind("\n- ", end);
  if (end == std::string::npos || begin == std::string::npos) return tell("no " + name + " is attached");
  std::ifstream file(prompt_.substr(begin + 3, end + 1 + name.size() - begin - 3), std::ios::binary);
  std::string content{std::istreambuf_iterator<char>(file), {}};
  tell(file ? name + ": " + content : "cannot read " + name);
}

// "Which colour? | Red | Blue || Which sizes?* | S | M | L": several questions, the second with several
// answers.
void Behaviour::question(const std::string& words) {
  Json questions = questions_of(words.empty() ? "Which colour? | Red | Blue | Green" : words);
  Json request = Json::object()
                     .set("tool_name", "AskUserQuestion")
                     .set("requires_user_interaction", true)
                     .set("input", Json::object().set("questions", std::move(questions)));
  auto response = ask(next_tool(), std::move(request));
  if (!response) return;
  if (response->view()["behavior"].text_or("") != "allow")
    return tell("I got no answer: " + response->view()["message"].text_or(""));
  tell("You answered: `" + response->view()["updatedInput"]["answers"].dump() + "`");
}

void Behaviour::plan(const std::string& words) {
  std::string plan = words.empty() ? "1. Look at the tests\n2. Mend **what is broken**" : words;
  Json request = Json::object()
                     .set("tool_name", "ExitPlanMode")
                     .set("requires_user_interaction", true)
                     .set("input", Json::object().set("plan", plan));
  auto response = ask(next_tool(), std::move(request));
  if (!response) return;
  bool allowed = response->view()["behavior"].text_or("") == "allow";
  tell(allowed ? "The plan was approved."
               : "The plan is to be revised: " + response->view()["message"].text_or(""));
}

std::string Behaviour::next_tool() { return "toolu_demo_" + std::to_string(++tools_); }

// The answer of whoever runs the agent; absent when it was interrupted meanwhile.
std::optional<Json> Behaviour::ask(const std::string& tool_use_id, Json request) {
  std::string id = "demo-" + std::to_string(++requests_);
  request.set("subtype", "can_use_tool").set("tool_use_id", tool_use_id);
  say(Json::object().set("type", "control_request").set("request_id", id).set("request", std::move(request)));
  auto response = input_.response_to(id);
  if (!response) say(Json::object().set("type", "control_cancel_request").set("request_id", id));
  return response;
}

void Behaviour::retry(const std::string&) {
  for (int attempt = 1; attempt <= 2; ++attempt) say_retry(session_, attempt);
  say_step("tried again");
}

void Behaviour::sleep(const std::string& seconds) {
  auto time = Millis(static_cast<long>(std::strtod(seconds.c_str(), nullptr) * 1000));
  if (input_.sleep(time)) say_step("slept " + seconds + " s");
}

void Behaviour::stderr_words(const std::string& words) {
  say_error(words);
  say_step("said it on stderr");
}

void Behaviour::stream(const std::string& count) {
  std::string text;
  for (long i = 1; i <= number(count, 20); ++i) {
    std::string word = "word" + std::to_string(i) + " ";
    say_delta(session_, word);
    text += word;
    if (!input_.sleep(50ms)) return;
  }
  say_text(session_, text);
  result_.text = text;
  result_.said.push_back(text);
}

void Behaviour::tool(const std::string& command) {
  say_tool_use(session_, "toolu_demo", command.empty() ? "ls" : command);
  say_tool_result(session_, "toolu_demo", "nothing: the demo agent only pretends", false);
  say_step("used a tool");
}

void Behaviour::say_step(const std::string& words) { tell("The demo agent " + words + "."); }

}  // namespace demo
