// coordinator-demo-agent: speaks as `claude -p` with stream-json both ways, keeps sessions, thinks nothing.
#include "behaviour.h"
#include "input.h"
#include "notes.h"
#include "options.h"
#include "session.h"
#include "speech.h"

namespace demo {

namespace {

constexpr double kCost = 0.001;  // of a turn, so that sums can be seen

// As the real one says it; the exit status is 1 each time.
bool refused(const Options& options, const Session& session, const Session& origin) {
  if (options.session_id.empty()) return say_error("Error: --session-id or --resume is needed."), true;
  if ((options.resume.empty() || options.fork) && session.exists())
    return say_error("Error: Session ID " + session.id() + " is already in use."), true;
  if (options.resume.empty() || origin.exists()) return false;
  Result result;
  result.text = "No conversation found with session ID: " + origin.id();
  result.is_error = true;
  say_error(result.text);
  say_result(session, result);
  return true;
}

Result take_turn(const Options& options, Session& session, Input& input, const UserMessage& message) {
  session.messages.push_back(message.text);
  session.save();
  say_init(session, options.model);
  Result result = Behaviour(options, session, input).answer(message);
  session.cost_usd += kCost;
  session.save();
  say_result(session, result);
  input.clear_interrupt();
  return result;
}

int run(const Options& options) {
  Session session(options.state, options.session_id);
  Session origin(options.state, options.resume.empty() ? options.session_id : options.resume);
  if (refused(options, session, origin)) return 1;
  if (!options.resume.empty()) {
    origin.load();
    session.messages = origin.messages;
    session.cost_usd = origin.cost_usd;
  }
  Notes notes(options.notes);
  Input input;
  bool failed = false;
  while (auto message = input.next_message()) {
    notes.begin(message->text);
    Result result = take_turn(options, session, input, *message);
    notes.end(message->text, result.said);
    failed = result.is_error;
  }
  return failed ? 1 : 0;
}

}  // namespace

}  // namespace demo

int main(int argc, char** argv) { return demo::run(demo::parse_options(argc, argv)); }
