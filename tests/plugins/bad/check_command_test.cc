// `coordinator plugins check`, as the author of a plugin sees it.
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <string>

#include "loader_stage.h"

#include <CppUTest/TestHarness.h>

using namespace loader;

TEST_GROUP(CheckCommand) {
  TemporaryDirectory directory;
  int status = 0;

  void setup() override { let_crashes_be_signals(); }

  // What it prints, on either stream.
  std::string check(const std::string& arguments) {
    std::string out;
    FILE* pipe = popen((PROBE " plugins check " + arguments + " 2>&1").c_str(), "r");
    std::array<char, 4096> chunk;
    while (std::size_t got = fread(chunk.data(), 1, chunk.size(), pipe)) out.append(chunk.data(), got);
    int ended = pclose(pipe);
    status = WIFEXITED(ended) ? WEXITSTATUS(ended) : -1;
    return out;
  }
  std::string copied(const std::string& plugin) {
    std::string path = directory / plugin + ".so";
    fs::copy_file(Stage::built(plugin), path);
    ::chmod(path.c_str(), 0755);
    return path;
  }
};

TEST(CheckCommand, ShowsWhatAGoodPluginBrings) {
  std::string path = copied("good_1");
  STRCMP_EQUAL((path + ": plugin good 1.0 can be loaded\nOne for tests\n\n"
                       "  /good                   Is used by tests\n")
                   .c_str(),
               check(path).c_str());
  LONGS_EQUAL(0, status);
}

TEST(CheckCommand, SaysWhyABadOneIsRefused) {
  std::string path = copied("crash_in_start");
  STRCMP_CONTAINS(
      (path + ": refused: it crashed when it was tried (signal 11, Segmentation fault)\n").c_str(),
      check(path).c_str());
  LONGS_EQUAL(1, status);
  STRCMP_EQUAL((directory / "none.so: refused: there is no such file\n").c_str(),
               check(directory / "none.so").c_str());
  ::chmod(path.c_str(), 0777);
  STRCMP_CONTAINS(("chmod go-w " + path).c_str(), check(path).c_str());
}

TEST(CheckCommand, TellsAProgramInJson) {
  std::string path = copied("bad_command_name");
  STRCMP_EQUAL(
      "{\"refused\":\"command \\\"Bad Name\\\": its name must be in lower case, which \\\"B\\\" is "
      "not\"}\n",
      check("--json " + path).c_str());
  STRCMP_CONTAINS("{\"plugin\":{\"name\":\"good\",\"version\":\"2.0\",",
                  check("--json " + copied("good_2")).c_str());
}

TEST(CheckCommand, TriesAnOpenFileInItsOwnProcess) {
  std::string path = copied("good_1");
  STRCMP_CONTAINS("{\"plugin\":{\"name\":\"good\"", check("--fd 0 --json good.so < " + path).c_str());
  LONGS_EQUAL(0, status);
  STRCMP_CONTAINS("x.so: refused: it is not a regular file", check("--fd 0 x.so < /dev/null").c_str());
}
