// The stage's side of slash commands: who uses them, and what they showed.
#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <regex>
#include <sstream>

#include "io/unix_socket.h"
#include "stage.h"
#include "world.h"

namespace coordinator::e2e {

namespace fs = std::filesystem;

namespace {

std::string words(JsonView message) {
  std::string all = message["content"].text_or("");
  for (JsonView embed : message["embeds"]) all += "\n" + embed.dump();
  return all;
}

// What stands between two marks, the first time.
std::string between(const std::string& text, const std::string& opening, const std::string& closing) {
  std::size_t begin = text.find(opening);
  std::size_t end = begin == std::string::npos ? begin : text.find(closing, begin + opening.size());
  return end == std::string::npos ? "" : text.substr(begin + opening.size(), end - begin - opening.size());
}

}  // namespace

bool Stage::has_command(std::string_view name) {
  for (const Json& command : playground_->world().bot().commands)
    if (command["name"].text() == name) return true;
  return false;
}

InteractionId Stage::press(const std::string& channel, MessageId message, std::string_view label) {
  const playground::Message* shown = playground_->message(channel, message);
  if (!shown) return {};
  for (JsonView row : shown->components.view())
    for (JsonView button : row["components"])
      if (button["label"].text_or("").find(label) != std::string::npos)
        return playground_->press(channel, message, button["custom_id"].text_or(""));
  return {};
}

std::string Stage::shown(InteractionId interaction) {
  std::string found;
  bool there = until([&] { return !(found = shown_now(interaction)).empty(); });
  return there ? found : "(no answer)";
}

// A deferred answer is filled in later: the message in the channel tells.
std::string Stage::shown_now(InteractionId interaction) {
  auto response = playground_->response(interaction);
  if (!response) return {};
  JsonView message = (*response)["message"];
  if ((*response)["kind"].text() == "failed") return "(failed) " + (*response)["error"].text_or("");
  auto id = message["id"].id<MessageId>();
  auto channel = message["channel_id"].text();
  if (!id || !channel) return (*response)["kind"].text_or("");
  const playground::Message* now = playground_->message(*channel, *id);
  if (!now) return words(message);
  if (now->flags & playground::Message::kLoading) return {};
  std::string all = now->content;
  for (JsonView embed : now->embeds.view()) all += "\n" + embed.dump();
  return all.empty() ? "(empty)" : all;
}

std::string Stage::reload(const std::string& plugin) {
  return control(Json::object().set("request", "plugins.reload").set("name", plugin));
}

std::string Stage::control(const Json& request) {
  std::string answer;
  io::PipeStream::Callbacks callbacks;
  callbacks.data = [&](std::string_view bytes) { answer += bytes; };
  callbacks.ended = [&] { answer += "\n"; };
  auto socket = io::connect_unix(loop_, state() + "/control.sock", std::move(callbacks));
  if (!socket) return socket.error().what;
  (*socket)->read();
  if (!(*socket)->write(request.dump() + "\n")) return "cannot write the request";
  until([&] { return answer.find('\n') != std::string::npos; });
  return answer;
}

std::string Stage::build_from_readme() {
  std::ifstream file(SOURCES "/plugins/README.md");
  std::stringstream readme;
  readme << file.rdbuf();
  std::string program = between(readme.str(), "```cpp\n", "\n```");
  std::string line = "g++ " + between(readme.str(), "\n    g++ ", "\n");
  std::smatch name;
  if (!std::regex_search(program, name, std::regex("command\\(\"([a-z]+)\""))) return {};
  fs::create_directories(directory_ + "/own");
  fs::create_directories(plugins());
  std::ofstream(directory_ + "/own/hello.cc") << program << "\n";
  // The reader stands in the project; so does this, in a directory with the same include/.
  fs::create_directory_symlink(SOURCES "/include", directory_ + "/own/include");
  if (std::system(fmt::format("cd {}/own && {} && cp hello.so {}/", directory_, line, plugins()).c_str()) !=
      0)
    return {};
  return name[1];
}

}  // namespace coordinator::e2e
