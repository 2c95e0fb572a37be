// Plugins that come, change and go while they are used.
#include <unistd.h>

#include <fstream>
#include <string>

#include "loader_stage.h"

#include <CppUTest/TestHarness.h>

using namespace loader;

namespace {

#if defined(__SANITIZE_ADDRESS__)
constexpr int kReloads = 60;
constexpr long kGrowth = 64 * 1024;  // kilobytes; it keeps what is freed for a while
#else
constexpr int kReloads = 300;
constexpr long kGrowth = 1024;
#endif

int lines_of_maps(const std::string& needle) {
  std::ifstream maps("/proc/self/maps");
  int count = 0;
  for (std::string line; std::getline(maps, line);)
    if (line.find(needle) != std::string::npos) ++count;
  return count;
}

long resident_kilobytes() {
  long pages = 0, resident = 0;
  std::ifstream("/proc/self/statm") >> pages >> resident;
  return resident * (sysconf(_SC_PAGESIZE) / 1024);
}

}  // namespace

TEST_GROUP(Replacement) {
  Stage stage;

  void start_with(const std::string& plugin) {
    stage.put(plugin, "good");
    stage.begin();
    CHECK_TRUE(stage.settles());
  }
  bool answers(const std::string& version) {
    return stage.until([&] { return stage.use("good") == version; });
  }
};

TEST(Replacement, AFileThatIsCopiedInServesAndOneThatIsRemovedIsGone) {
  stage.begin();
  CHECK_TRUE(stage.settles());
  LONGS_EQUAL(0, stage.plugins->loaded());
  stage.put("good_1", "good");
  CHECK_TRUE(answers("1.0"));
  CHECK_TRUE(stage.until([&] { return stage.changes >= 2; }));  // settled, and this
  fs::remove(stage.path("good"));
  CHECK_TRUE(answers(""));
  CHECK_TRUE(stage.until([&] { return stage.plugins->loaded() == 0; }));
  LONGS_EQUAL(0, lines_of_maps("coordinator-plugin good"));
  POINTERS_EQUAL(nullptr, stage.plugins->serving_plugin("good"));
}

TEST(Replacement, ACallThatIsHeldEndsInOldCodeWhileTheNewCodeServes) {
  start_with("good_1");
  STRCMP_EQUAL("1.0", stage.use("good", 1).c_str());  // held
  Instance& old = *stage.plugins->serving_command("good");
  std::uint64_t generation = old.generation();
  stage.put("good_2", "good");
  CHECK_TRUE(answers("2.0"));
  LONGS_EQUAL(2, stage.plugins->loaded());
  stage.pass(200ms);
  LONGS_EQUAL(2, stage.plugins->loaded());
  stage.replies.clear();
  Stage::enter(old, 1);
  STRCMP_EQUAL("1.0", stage.replies.at(0).c_str());
  stage.hosts.at(generation)->release(1);
  CHECK_TRUE(stage.until([&] { return stage.plugins->loaded() == 1; }));
  STRCMP_EQUAL("2.0", stage.use("good").c_str());
}

TEST(Replacement, OverwrittenInPlaceItIsTheNextVersionAndTheOldOneIsUnharmed) {
  start_with("good_1");
  fs::copy_file(Stage::built("good_2"), stage.path("good"), fs::copy_options::overwrite_existing);
  STRCMP_EQUAL("1.0", stage.use("good").c_str());
  CHECK_TRUE(answers("2.0"));
  TemporaryDirectory::put(stage.path("good"), "");  // what is loaded does not care
  STRCMP_EQUAL("2.0", stage.use("good").c_str());
}

TEST(Replacement, AFileThatComesInPiecesIsNotLoadedBeforeItIsWhole) {
  start_with("good_1");
  std::string whole = TemporaryDirectory::content(Stage::built("good_2"));
  {
    std::ofstream out(stage.path("good"), std::ios::binary | std::ios::trunc);
    for (std::size_t at = 0; at < whole.size(); at += whole.size() / 5 + 1) {
      out << whole.substr(at, whole.size() / 5 + 1) << std::flush;
      stage.pass(at == 0 ? 400ms : 10ms);  // a long break: what is there is tried, and refused
      STRCMP_EQUAL("1.0", stage.use("good").c_str());
    }
  }
  CHECK_TRUE(stage.logged("it is cut short"));
  CHECK_TRUE(answers("2.0"));
  STRCMP_EQUAL("", stage.detail("good").c_str());
}

TEST(Replacement, RemovedAndWrittenAgainThereIsNoGap) {
  stage.options.settle = 100ms;
  start_with("good_1");
  fs::remove(stage.path("good"));
  stage.pass(30ms);
  stage.put("good_2", "good");
  bool gap = false;
  CHECK_TRUE(stage.until([&] {
    gap = gap || stage.use("good").empty();
    return stage.use("good") == "2.0";
  }));
  CHECK_FALSE(gap);
}

TEST(Replacement, UnderAnotherFileNameItTakesOverWithoutAGap) {
  start_with("good_1");
  fs::remove(stage.path("good"));
  stage.put("good_2", "better");
  bool gap = false;
  CHECK_TRUE(stage.until([&] {
    gap = gap || stage.use("good").empty();
    return stage.use("good") == "2.0";
  }));
  CHECK_FALSE(gap);
  CHECK_TRUE(stage.until([&] { return stage.plugins->loaded() == 1 && !stage.info("good"); }));
}

TEST(Replacement, ATouchOrAnEqualFileLoadsNothing) {
  start_with("good_1");
  std::uint64_t generation = stage.plugins->serving_command("good")->generation();
  stage.put("good_1", "good");
  stage.pass(400ms);
  LONGS_EQUAL(generation, stage.plugins->serving_command("good")->generation());
}

TEST(Replacement, ADirectoryMayComeLater) {
  fs::remove(stage.directory);
  stage.begin();
  CHECK_TRUE(stage.settles());
  fs::create_directory(stage.directory);
  stage.put("good_1", "good");
  CHECK_TRUE(answers("1.0"));
  fs::remove_all(stage.directory);
  CHECK_TRUE(answers(""));
}

TEST(Replacement, OldVersionsThatHoldCallsAreFewAndTheOldestGoesFirst) {
  start_with("good_1");
  for (int round = 0; round < 10; ++round) {
    stage.use("good", 1);
    auto generation = stage.plugins->serving_command("good")->generation();
    bool told = false;
    stage.plugins->reload("good", [&](const Result<std::string>& words) { told = words.has_value(); });
    CHECK_TRUE(stage.until([&] { return told; }));
    CHECK_TRUE(generation != stage.plugins->serving_command("good")->generation());
  }
  CHECK_TRUE(stage.until([&] { return stage.plugins->loaded() == 9; }));
  CHECK_TRUE(stage.logged("still hold calls: the oldest is stopped now"));
}

TEST(Replacement, AStopUnloadsEverythingAtOnceHeldOrNot) {
  start_with("good_1");
  stage.use("good", 1);
  stage.plugins->stop();
  LONGS_EQUAL(0, stage.plugins->loaded());
  POINTERS_EQUAL(nullptr, stage.plugins->serving_command("good"));
  LONGS_EQUAL(0, lines_of_maps("coordinator-plugin good"));
}

TEST(Replacement, AThousandReloadsUnderUseLeaveNothingBehind) {
  stage.options.settle = 1ms;
  start_with("good_1");
  int maps = 0, failed = 0;
  long memory = 0;
  for (int round = 0; round < kReloads; ++round) {
    std::string next = round % 2 == 0 ? "2.0" : "1.0", old = round % 2 == 0 ? "1.0" : "2.0";
    if (round % 3 == 0) stage.use("good", 1);  // held over the change
    Instance* before = stage.plugins->serving_command("good");
    auto generation = before->generation();
    stage.put(round % 2 == 0 ? "good_2" : "good_1", "good");
    CHECK_TRUE(stage.until([&] {
      std::string answer = stage.use("good");
      if (answer != next && answer != old) ++failed;
      return answer == next;
    }));
    if (round % 3 == 0) stage.hosts.at(generation)->release(1);
    CHECK_TRUE(stage.until([&] { return stage.plugins->loaded() == 1; }));
    stage.hosts.erase(generation);
    if (round != kReloads / 10) continue;
    maps = lines_of_maps("");
    memory = resident_kilobytes();
  }
  LONGS_EQUAL(0, failed);
  CHECK_TRUE(lines_of_maps("") <= maps + 3);
  CHECK_TRUE(lines_of_maps("coordinator-plugin good") <= 6);
  CHECK_TEXT(resident_kilobytes() < memory + kGrowth,
             fmt::format("{} kB -> {} kB", memory, resident_kilobytes()).c_str());
}
