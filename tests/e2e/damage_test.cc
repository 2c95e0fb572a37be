// A store that is damaged, or newer, or somebody else's: the daemon refuses it, says what to do, and touches
// nothing.
#include "stage.h"

#include <signal.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <set>
#include <sstream>
#include <string>

#include <CppUTest/TestHarness.h>

using namespace coordinator;
using coordinator::e2e::Stage;
namespace fs = std::filesystem;

namespace {

constexpr std::size_t kPage = 4096;
const std::string kWords(100, 'x');  // some of what was asked

// Counted from 0. https://www.sqlite.org/fileformat2.html#walformat
std::set<std::size_t> pages_in(const std::string& log) {
  constexpr std::size_t kHeader = 32, kFrame = 24;
  std::set<std::size_t> pages;
  for (std::size_t at = kHeader; at + kFrame + kPage <= log.size(); at += kFrame + kPage) {
    std::size_t number = 0;
    for (int i = 0; i < 4; ++i) number = number << 8 | static_cast<unsigned char>(log[at + i]);
    pages.insert(number - 1);
  }
  return pages;
}

coordinator::e2e::StageOptions unlimited() {
  coordinator::e2e::StageOptions options;
  options.playground.limits.open = true;
  return options;
}

}  // namespace

TEST_GROUP(Damage) {
  Stage stage{unlimited()};
  std::string database = stage.directory() + "/state/state.db";

  void setup() override {
    stage.start();
    for (int i = 0; i < 8; ++i) stage.answer(stage.ask("testing", std::string(1500, 'x')));
  }
  static std::string content(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
  }
  // What lies there after the end, the log too.
  std::string all() { return content(database) + "|" + content(database + "-wal"); }
  void refused(const std::function<void(std::string&)>& damage, const char* words) {
    std::string bytes = content(database);
    damage(bytes);
    std::ofstream(database, std::ios::binary | std::ios::trunc) << bytes;
    std::string before = all();
    LONGS_EQUAL(1, stage.run_to_its_end({"--config", stage.directory() + "/coordinator.toml"}));
    STRCMP_CONTAINS("is damaged", stage.log().c_str());
    STRCMP_CONTAINS(words, stage.log().c_str());
    STRCMP_CONTAINS("It was left as it is. Put a backup in its place", stage.log().c_str());
    CHECK_TRUE(before == all());
  }
};

TEST(Damage, AnotherFilesHeader) {
  stage.stop(SIGTERM);
  refused([](std::string& bytes) { bytes.replace(0, 16, "not SQLite here!"); }, "file is not a database");
}

TEST(Damage, AFileThatWasCutShort) {
  stage.stop(SIGTERM);
  refused([](std::string& bytes) { bytes.resize(bytes.size() / 2); }, "state.db");
}

TEST(Damage, ATornPage) {
  stage.stop(SIGTERM);
  refused([](std::string& bytes) { bytes.replace(bytes.size() - 4096, 2048, std::string(2048, '\xee')); },
          "state.db");
}

// After a kill the log holds what the file does not: it must not be worked into a file that is damaged.
TEST(Damage, ATornPageBesideALog) {
  stage.stop(SIGTERM);
  stage.start();
  stage.answer(stage.ask("testing", "one more"));
  stage.stop(SIGKILL);
  std::set<std::size_t> logged = pages_in(content(database + "-wal"));
  CHECK_FALSE(logged.empty());
  refused(
      [&](std::string& bytes) {
        std::size_t at = bytes.find(kWords);
        while (at != std::string::npos && logged.contains(at / kPage)) at = bytes.find(kWords, at + 1);
        CHECK(at != std::string::npos);
        bytes.replace(at / kPage * kPage, 2048, std::string(2048, '\xee'));
      },
      "state.db");
}

TEST(Damage, NothingAtAll) {
  stage.stop(SIGTERM);
  refused([](std::string& bytes) { bytes.clear(); }, "it is empty");
}
