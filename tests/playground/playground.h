// The playground, whole: a stand-in Discord on a port of this machine. The program runs one; the end-to-end
// tests run theirs on their own loop, while the daemon is a child process, and wait by spinning the loop.
//
//     io::Loop loop;
//     Playground playground(loop, {});
//     auto said = playground.inject_message({.channel = "testing", .content = "hello"});
//     while (playground.replies_to(said).empty()) loop.run_once(true);
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "chat.h"
#include "faults.h"
#include "gateway.h"
#include "inject.h"
#include "interactions.h"
#include "rate_limits.h"
#include "recorder.h"

namespace coordinator::io {
class Loop;
class LwsContext;
}  // namespace coordinator::io

namespace coordinator::playground {

struct PlaygroundOptions {
  std::string host = "127.0.0.1";
  int port = 0;                            // 0: any free one
  std::string record{}, record_gateway{};  // files; empty: none
  std::string world{};                     // the text of a world file; empty: the standard world
  RateLimitOptions limits{};
  GatewayOptions gateway{};
  Millis nonce_window = 5min;
};

class Playground {
 public:
  // Serves from here on; status() says when it could not. With a context of the loop's own, where there is
  // one.
  Playground(io::Loop& loop, PlaygroundOptions options);
  Playground(io::LwsContext& context, PlaygroundOptions options);
  ~Playground();
  Playground(const Playground&) = delete;
  Playground& operator=(const Playground&) = delete;

  const Status& status() const;
  int port() const;
  std::string url() const;      // "http://127.0.0.1:8420"
  std::string api_url() const;  // what DISCORD_API_URL is to be

  // ---- what people do. Names or ids name things; what does not exist is logged and does nothing.

  MessageId inject_message(Injection injection);
  void edit_message(std::string_view channel, MessageId message, std::string content);
  void delete_message(std::string_view channel, MessageId message);
  void react(std::string_view channel, MessageId message, std::string_view emoji,
             std::string_view user = "alice");
  ChannelId add_channel(std::string name);
  ChannelId start_thread(std::string_view channel, std::string name, std::string_view author = "alice");
  void archive_thread(std::string_view thread);
  // `options` as JSON text: R"({"amount": 3})". Zero, and a line in the log, when there is no such command.
  InteractionId run_command(std::string_view channel, std::string_view name, std::string_view options = "{}",
                            std::string_view user = "alice");
  InteractionId press(std::string_view channel, MessageId message, std::string_view custom_id,
                      std::string_view user = "alice");
  // `values` as JSON text: R"(["red"])".
  InteractionId choose(std::string_view channel, MessageId message, std::string_view custom_id,
                       std::string_view values, std::string_view user = "alice");
  InteractionId submit_modal(InteractionId shown, std::string_view fields, std::string_view user = "alice");
  // What the bot answered ("kind" and more, see README.md); null until it did.
  std::shared_ptr<const Json> response(InteractionId interaction);

  // ---- what can be seen. Pointers are valid until the loop runs on.

  std::vector<const Message*> messages(std::string_view channel);
  std::vector<const Message*> bot_messages(std::string_view channel);
  std::vector<const Message*> replies_to(MessageId message);
  const Message* message(std::string_view channel, MessageId id);
  // The bot is shown as typing there.
  bool typing(std::string_view channel);
  // The latest REST exchanges, as validate.mjs reads them.
  const std::deque<Json>& recorded() const;
  // How many of them there were with this method, whose path (below /api/v10) matches: "*" is any segment.
  std::size_t requests(std::string_view method, std::string_view route) const;

  // ---- the gateway and the network

  bool connected() const;
  int identifies() const;
  int resumes() const;
  Faults& faults();
  void drop_sockets();
  void close_sockets(int code);
  void reconnect();
  void invalidate(bool resumable);
  void ask_heartbeat();
  void acknowledge(bool on);
  void expire_sessions();
  // Takes whatever README.md lists, as JSON text.
  Status fault(std::string_view json);

  // Moves the playground's clock; threads are archived when their time has come.
  void advance(Millis by);
  void may_send(std::string_view channel, bool on);
  void may_attach(std::string_view channel, bool on);

  Chat& chat();
  World& world();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace coordinator::playground
