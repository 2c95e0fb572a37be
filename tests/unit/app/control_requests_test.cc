// The daemon's answers on the control socket, and how a person sees them.
#include "app/control_requests.h"

#include <functional>
#include <map>
#include <string>
#include <thread>

#include "app/control_client.h"
#include "app/metrics.h"
#include "app/plugins_command.h"
#include "app/reload.h"
#include "command/plugins.h"
#include "io/loop.h"
#include "io/temporary.h"
#include "io/timer.h"

// CppUTest's macros come last.
#include <CppUTest/TestHarness.h>

using namespace coordinator;
using namespace coordinator::app;

namespace {

// Notes what it is asked, and answers from the loop as the real ones do.
class Loaded : public command::Plugins {
 public:
  explicit Loaded(io::Loop& loop) : loop_(loop) {}
  void start() override {}
  bool settled() const override { return true; }
  command::Instance* serving_command(std::string_view) override { return nullptr; }
  command::Instance* serving_plugin(std::string_view) override { return nullptr; }
  std::vector<command::PluginInfo> list() const override {
    command::PluginInfo refused;
    refused.name = "rese\x1bt";
    refused.file = "/p/reset.so";
    refused.detail = "it is \"no\" ELF file";
    command::PluginInfo disabled{
        command::PluginState::disabled, "stop", "1.0", "Stops", "/p/stop.so", "", nullptr};
    return {refused, disabled};
  }
  std::size_t loaded() const override { return 0; }
  void reload(std::string_view name, Told told) override { tell("reload", name, std::move(told)); }
  void enable(std::string_view name, Told told) override { tell("enable", name, std::move(told)); }
  void disable(std::string_view name, Told told) override { tell("disable", name, std::move(told)); }
  void stop() override {}

 private:
  void tell(const std::string& what, std::string_view name, Told told) {
    loop_.later([=, words = what + " " + std::string(name), told = std::move(told)] {
      if (words == "enable none") return told(fail("there is no plugin none"));
      told(words);
    });
  }
  io::Loop& loop_;
};

}  // namespace

TEST_GROUP(ControlRequests) {
  TemporaryDirectory directory;
  io::Loop loop;
  io::Timer look{loop, [] {}};
  std::unique_ptr<ControlSocket> socket = std::move(*ControlSocket::open(loop, directory / "s"));
  Loaded plugins{loop};

  std::string asked(Json request) {
    tl::expected<Json, ControlError> answer;
    bool over = false;
    std::thread asker([&] {
      answer = ask_daemon(directory / "s", request, 10s);
      over = true;
    });
    look.repeat(5ms);
    while (!over) loop.run_once(true);
    look.stop();
    asker.join();
    return answer ? answer->dump() : "error: " + answer.error().what;
  }
  std::string asked(const char* request, const char* name = nullptr) {
    Json json = Json::object().set("request", request);
    if (name) json.set("name", name);
    return asked(std::move(json));
  }
};

TEST(ControlRequests, PluginsAreListedAndChanged) {
  serve_plugins(*socket, &plugins);
  STRCMP_EQUAL(
      "{\"settled\":true,\"plugins\":[{\"name\":\"rese\\u001bt\",\"state\":\"refused\",\"version\":\"\","
      "\"description\":"
      "\"\",\"file\":\"/p/reset.so\",\"detail\":\"it is \\\"no\\\" ELF "
      "file\",\"commands\":[]},{\"name\":\"stop\",\"state\":\"disabled\",\"version\":\"1.0\",\"description\":"
      "\"Stops\","
      "\"file\":\"/p/stop.so\",\"detail\":\"\",\"commands\":[]}]}",
      asked("plugins.list").c_str());
  STRCMP_EQUAL("\"reload reset\"", asked("plugins.reload", "reset").c_str());
  STRCMP_EQUAL("\"enable reset\"", asked("plugins.enable", "reset").c_str());
  STRCMP_EQUAL("\"disable reset\"", asked("plugins.disable", "reset").c_str());
  STRCMP_EQUAL("error: there is no plugin none", asked("plugins.enable", "none").c_str());
  STRCMP_EQUAL("error: the request names no plugin", asked("plugins.enable").c_str());
  STRCMP_EQUAL("error: the request names no plugin", asked("plugins.enable", "").c_str());
}

TEST(ControlRequests, WithoutPluginsThatIsSaid) {
  serve_plugins(*socket, nullptr);
  STRCMP_EQUAL("error: plugins are turned off: plugins.enabled is false in the configuration",
               asked("plugins.list").c_str());
}

TEST(ControlRequests, MetricsAndReload) {
  Metrics metrics;
  metrics.gauge("p", "x", 4);
  serve_metrics(*socket, metrics);
  CHECK_TRUE(asked("metrics").find("coordinator_plugin_x{plugin=\\\"p\\\"} 4\\n") != std::string::npos);
  std::string file = directory / "c.toml";
  TemporaryDirectory::put(file, "");
  Reload reload(loop, std::move(*load_config(file, {})), {{}, false}, [](const Config&) { return Status(); });
  serve_reload(*socket, reload);
  log::configure({.file = {}, .terminal = false});
  STRCMP_EQUAL("\"nothing has changed\"", asked("reload").c_str());
  TemporaryDirectory::put(file, "x");
  CHECK_TRUE(asked("reload").starts_with("error: " + file + ":1:"));
  log::configure({});
}

TEST(ControlRequests, TheTableOfPluginsMovesNoCursor) {
  auto answer = Json::parse(
      "{\"settled\":false,\"plugins\":[{\"name\":\"a\\u001b[2Jb\",\"state\":\"refused\",\"version\":\"\","
      "\"detail\":"
      "\"no\\nway\",\"commands\":[]},{\"name\":\"日本\",\"state\":\"serving\",\"version\":\"1.0\","
      "\"description\":\"Say "
      "\\u202e hi\",\"commands\":[\"hi\",\"ho\"]}]}");
  STRCMP_EQUAL(
      "NAME    STATE    VERSION  COMMANDS\n"
      "a?[2Jb  refused  -        -         no?way\n"
      "日本    serving  1.0      /hi /ho   Say ? hi\n"
      "The daemon has just begun, and still tries some of the files.\n",
      plugins_table(answer->view()).c_str());
  auto none = Json::parse("{\"settled\":true,\"plugins\":[]}");
  STRCMP_EQUAL("No plugins: their directories are empty.\n", plugins_table(none->view()).c_str());
}
