// The corpus, and every finding that was ever made: replayed in every build, without a fuzzer.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "fuzz.h"

#include <CppUTest/TestHarness.h>

namespace fs = std::filesystem;

using namespace coordinator::fuzz;

namespace {

std::string contents(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

// How many of that target's inputs hold what they should; the first that does not fails the test.
int replay(const Target& target) {
  int count = 0;
  for (const auto& entry : fs::directory_iterator(fs::path(CORPUS) / target.name)) {
    target.run(contents(entry.path()));
    std::string what = complaint();
    if (!what.empty()) FAIL((entry.path().string() + ": " + what).c_str());
    ++count;
  }
  return count;
}

}  // namespace

TEST_GROUP(Corpus){};

TEST(Corpus, EveryTargetHoldsForEveryInput) {
  for (const Target& target : targets()) CHECK_TEXT(replay(target) > 0, target.name);
}

TEST(Corpus, EveryTargetHoldsForNothingAtAll) {
  for (const Target& target : targets()) {
    target.run({});
    STRCMP_EQUAL_TEXT("", complaint().c_str(), target.name);
  }
}

TEST(Corpus, EveryCorpusHasATarget) {
  for (const auto& entry : fs::directory_iterator(CORPUS)) {
    std::string name = entry.path().filename();
    CHECK_TEXT(std::any_of(targets().begin(), targets().end(),
                           [&](const Target& target) { return name == target.name; }),
               name.c_str());
  }
}
