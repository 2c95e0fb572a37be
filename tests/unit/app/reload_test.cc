// The configuration read again: what changes is in force, what cannot change is named, a mistake changes
// nothing.
#include "app/reload.h"

#include <filesystem>
#include <string>
#include <vector>

#include "io/loop.h"
#include "io/temporary.h"
#include "io/timer.h"

// CppUTest's macros come last.
#include <CppUTest/TestHarness.h>

using namespace coordinator;
using namespace coordinator::app;

TEST_GROUP(Reload) {
  TemporaryDirectory directory;
  std::string file = directory / "coordinator.toml";
  io::Loop loop;
  std::vector<std::string> applied;  // the models of the projects that were put in force
  std::unique_ptr<Reload> reload;

  void setup() override {
    log::configure({.file = {}, .terminal = false});
    put("one");
    auto config = load_config(file, {});
    reload = std::make_unique<Reload>(
        loop, std::move(*config), Reload::Options{{}, false}, [this](const Config& next) {
          applied.push_back(next.projects.empty() ? "none" : next.projects[0].model);
        });
  }
  void teardown() override {
    reload.reset();
    log::configure({});
  }
  void put(const std::string& model, const std::string& more = "") {
    TemporaryDirectory::put(file, more +
                                      "[projects.a]\nchannels = [\"1\"]\ndirectory = \"/\"\nallow = "
                                      "[\"everyone\"]\nmodel = \"" +
                                      model + "\"\n[log]\nlevel = \"error\"\n");
  }
  void words(const std::string& expected, const Result<std::string>& result) {
    STRCMP_EQUAL(expected.c_str(), (result ? *result : "error: " + result.error().what).c_str());
  }
};

TEST(Reload, PutsInForceWhatHasChanged) {
  words("nothing has changed", reload->again("SIGHUP"));
  put("two");
  words("changed: project a: model", reload->again("SIGHUP"));
  STRCMP_EQUAL("two", reload->config().projects[0].model.c_str());
  put("two",
      "[limits]\nqueue = 7\n[agents.claude]\ncommand = [\"/x\"]\n[agents.b]\n[projects.c]\nchannels = "
      "[\"9\"]\ndirectory = \"/\"\nallow = [\"user:1\"]\n");
  words("changed: project c is new; agent b is new; agent claude; limits.queue: 50 -> 7",
        reload->again("SIGHUP"));
  TemporaryDirectory::put(file, "[log]\nlevel = \"error\"\n");
  words("changed: project c is gone; project a is gone; agent b is gone; agent claude; limits.queue: 7 -> 50",
        reload->again("SIGHUP"));
  CHECK_TRUE(applied == (std::vector<std::string>{"two", "", "none"}));
}

TEST(Reload, NamesWhatOnlyARestartBrings) {
  put("one",
      "[discord]\ntoken = \"aaaa.bbbb\"\napi_url = \"https://other.example\"\n[plugins]\nenabled = false\n");
  const std::string later =
      "Only a restart brings into force: discord.token; discord.api_url: https://discord.com/api/v10 -> "
      "https://other.example; plugins.enabled: true -> false";
  words(later, reload->again("SIGHUP"));
  CHECK_TRUE(applied.empty());
  put("two",
      "[discord]\ntoken = \"aaaa.bbbb\"\napi_url = \"https://other.example\"\n[plugins]\nenabled = false\n");
  words("changed: project a: model. " + later, reload->again("SIGHUP"));
  STRCMP_EQUAL("https://discord.com/api/v10", reload->config().discord.api_url.c_str());
  CHECK_TRUE(reload->config().discord.token.empty());
  CHECK_TRUE(reload->config().plugins.enabled);
}

TEST(Reload, AMistakeChangesNothing) {
  put("two", "[limits]\nqueue = 0\nturns = 1\n");
  words("error: " + file +
            ":2:9: limits.queue: 0 is out of range: 1 to 100000 is possible (and 1 more, in the log); "
            "what was read before stays in force",
        reload->again("SIGHUP"));
  std::filesystem::remove(file);
  CHECK_FALSE(reload->again("SIGHUP").has_value());
  CHECK_TRUE(applied.empty());
  STRCMP_EQUAL("one", reload->config().projects[0].model.c_str());
}

TEST(Reload, AChangeOfTheFileIsSeen) {
  reload->watch();
  io::Timer patience(loop, [&] { loop.stop(); });
  patience.start(10s);
  put("two");
  while (applied.empty() && patience.active()) loop.run_once(true);
  CHECK_TRUE(applied == std::vector<std::string>{"two"});
  std::string beside = directory / "new";
  std::filesystem::copy_file(file, beside);
  TemporaryDirectory::put(beside,
                          TemporaryDirectory::content(file) + "[projects.b]\n");  // a mistake: no change
  std::filesystem::rename(beside, file);
  put("three");
  while (applied.size() < 2 && patience.active()) loop.run_once(true);
  CHECK_TRUE(applied == (std::vector<std::string>{"two", "three"}));
}

TEST(Reload, VerboseStaysVerbose) {
  auto config = load_config(file, {});
  Reload verbose(loop, std::move(*config), {{}, true}, [](const Config&) {});
  put("two");
  words("changed: project a: model", verbose.again("SIGHUP"));
  CHECK_TRUE(verbose.config().log.level == log::Level::debug);
}
