// The log's file: JSON lines, turned over by size, whatever stands in them.
#include "base/log.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "base/json.h"

#include <CppUTest/TestHarness.h>

using namespace coordinator;

namespace {

std::vector<std::string> lines_of(const std::filesystem::path& file) {
  std::vector<std::string> lines;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

}  // namespace

TEST_GROUP(Log) {
  std::filesystem::path directory;
  log::Options options;

  void setup() override {
    char name[] = "/tmp/coordinator-log-XXXXXX";
    directory = mkdtemp(name);
    options.terminal = false;
    options.file = directory / "log.json";
  }
  void teardown() override {
    log::configure({.file = {}, .terminal = false});
    std::filesystem::remove_all(directory);
  }
};

TEST(Log, WritesOneJsonObjectALine) {
  log::configure(options);
  log::info("gateway", "resumed after {} s", 4);
  log::warning("store", "says \"no\": {}", "disk: full");
  auto lines = lines_of(options.file);
  LONGS_EQUAL(2, lines.size());
  auto first = Json::parse(lines[0]), second = Json::parse(lines[1]);
  STRCMP_EQUAL("info", (*first)["level"].text_or("").c_str());
  STRCMP_EQUAL("gateway", (*first)["area"].text_or("").c_str());
  STRCMP_EQUAL("resumed after 4 s", (*first)["message"].text_or("").c_str());
  CHECK_TRUE((*first)["time"].number().value_or(0) > 1.6e9);
  STRCMP_EQUAL("warning", (*second)["level"].text_or("").c_str());
  STRCMP_EQUAL("says \"no\": disk: full", (*second)["message"].text_or("").c_str());
}

TEST(Log, KeepsTheLevelThatWasAsked) {
  options.level = log::Level::warning;
  log::configure(options);
  CHECK_FALSE(log::enabled(log::Level::info));
  log::info("a", "unseen");
  log::error("a", "seen");
  LONGS_EQUAL(1, lines_of(options.file).size());
}

TEST(Log, AStrangersEscapeSequencesAndLineEndsStayText) {
  log::configure(options);
  log::info("chat", "{} said", "\x1b[2Jeve\nadmin: all is well");
  auto lines = lines_of(options.file);
  LONGS_EQUAL(1, lines.size());
  STRCMP_EQUAL("\\x1b[2Jeve\\nadmin: all is well said",
               (*Json::parse(lines[0]))["message"].text_or("").c_str());
}

TEST(Log, TurnsOverAtItsSizeAndKeepsSoManyFiles) {
  options.file_bytes = 1000;
  options.files = 2;
  log::configure(options);
  for (int round = 0; round < 100; ++round) log::info("a", "line {}", round);
  std::size_t files = 0;
  for (auto& entry : std::filesystem::directory_iterator(directory)) {
    ++files;
    CHECK_TRUE(entry.file_size() <= 1000);
  }
  LONGS_EQUAL(3, files);
}

TEST(Log, AFileThatCannotBeOpenedDoesNotStopTheProgram) {
  options.file = "/proc/none/log.json";
  options.terminal = false;
  log::configure(options);
  log::error("a", "goes nowhere");
  CHECK_TRUE(log::enabled(log::Level::error));
}
