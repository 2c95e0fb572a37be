// The log's file: JSON lines, turned over by size, whatever stands in them.
#include "base/log.h"

#include <fcntl.h>
#include <unistd.h>

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

// A pipe that nobody reads, in the place of stderr.
TEST_GROUP(LogTerminal) {
  int before = ::dup(STDERR_FILENO);
  int ends[2] = {-1, -1};

  void setup() override {
    CHECK_EQUAL(0, ::pipe2(ends, O_CLOEXEC));
    ::fcntl(ends[1], F_SETPIPE_SZ, 4096);
    ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
    ::dup2(ends[1], STDERR_FILENO);
    ::close(ends[1]);
    log::configure({});
  }
  void teardown() override {
    ::dup2(before, STDERR_FILENO);
    for (int fd : {before, ends[0]}) ::close(fd);
    log::configure({.file = {}, .terminal = false});
  }
  std::string read_all() {
    std::string all;
    char chunk[4096];
    for (ssize_t got; (got = ::read(ends[0], chunk, sizeof chunk)) > 0;)
      all.append(chunk, static_cast<std::size_t>(got));
    return all;
  }
};

TEST(LogTerminal, AReaderThatStoppedHoldsNobodyUpAndIsToldWhatWasLeftOut) {
  for (int line = 0; line < 200; ++line)
    log::info("gateway", "line {} of many, until the pipe is full", line);
  std::string first = read_all();
  STRCMP_CONTAINS("line 0 of many", first.c_str());
  CHECK(first.find("line 199") == std::string::npos);
  log::info("gateway", "somebody reads again");
  std::string then = read_all();
  STRCMP_CONTAINS("lines were left out here", then.c_str());
  STRCMP_CONTAINS("somebody reads again", then.c_str());
  log::info("gateway", "as before");
  CHECK(read_all().find("left out") == std::string::npos);
}

TEST(LogTerminal, ALongLineIsCutToWhatAPipeTakesAtOnce) {
  log::info("gateway", "{}", std::string(100'000, 'x'));
  CHECK(read_all().size() < 4096);
}
