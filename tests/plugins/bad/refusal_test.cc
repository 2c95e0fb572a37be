// A folder of bad plugins: every one refused with a sentence, the good one serving on.
#include <sys/stat.h>

#include <cstring>
#include <fstream>
#include <string>

#include "loader_stage.h"

#include <CppUTest/TestHarness.h>

using namespace loader;

namespace {

struct Bad {
  const char* file;
  const char* words;
};

// As they are built.
constexpr Bad kBuilt[] = {
    {"wrong_major", "it was built for version 2.0 of the plugin contract, and this is 1.0"},
    {"short_struct", "a coordinator_plugin states a size of"},
    {"missing_symbol", "it does not export coordinator_plugin_v1()"},
    {"undefined_symbol", "it cannot be linked: undefined_symbol.so: undefined symbol: nowhere_to_be_found"},
    {"null_descriptor", "coordinator_plugin_v1() returned a null pointer"},
    {"throwing_start", "its start() threw an exception: no configuration"},
    {"failing_start",
     "its start() answered COORDINATOR_FAILED (-6) (it logged: the moon is in the wrong phase)"},
    {"crash_in_start", "it crashed when it was tried (signal 11, Segmentation fault)"},
    {"exit_in_start", "it ended the process when it was tried (with status 3)"},
    {"endless_start", "it did not come to an end when it was tried (within 1 s)"},
    {"duplicate_name", "a plugin called good serves already"},
    {"duplicate_command", "its command /good is served already by plugin good"},
    {"bad_command_name", "command \"Bad Name\": its name must be in lower case, which \"B\" is not"},
    {"bad_plugin_name", "its name \"bad:plugin:name\" may hold a-z, 0-9, - and _ only"},
    {"too_many_options", "command \"too-many-options\": it has 26 options; Discord takes 25"},
    {"missing_extension", "it cannot do without the extension \"coordinator.telepathy/1\""},
    {"stays_mapped", "the code of stays_mapped.so stays in memory after it was unloaded"},
};

// As the test makes them.
constexpr Bad kMade[] = {
    {"cut", "it is cut short"},
    {"half", "it is cut short"},
    {"text", "it is a text, not a shared object"},
    {"noise", "it is not an ELF file"},
    {"empty", "it is empty"},
    {"elsewhere", "it was built for s390x, and this machine is "},
    {"folder", "it is a directory"},
    {"fifo", "it is not a regular file"},
    {"dangling", "it is a symbolic link that points at nothing"},
    {"shared", "its group may write to"},
    {"open", "everybody may write to"},
    {"large", "a plugin may have 67108864"},
};

}  // namespace

TEST_GROUP(Refusal) {
  Stage stage;
  std::string good = TemporaryDirectory::content(Stage::built("good_1"));

  void make(const std::string& name, const std::string& content) {
    TemporaryDirectory::put(stage.path(name), content);
    ::chmod(stage.path(name).c_str(), 0755);
  }
  std::string for_other_machine() {
    std::string bytes = good;
    bytes[18] = static_cast<char>(22);  // e_machine: EM_S390
    bytes[19] = 0;
    return bytes;
  }
  void make_all() {
    make("cut", good.substr(0, 1000));
    make("half", good.substr(0, good.size() - 100));
    make("text", "#include <coordinator/plugin.h>\n");
    make("noise", std::string("\x01\x02\x03", 3) + std::string(1000, '\0'));
    make("empty", "");
    make("elsewhere", for_other_machine());
    fs::create_directory(stage.path("folder"));
    ::mkfifo(stage.path("fifo").c_str(), 0644);
    fs::create_symlink("nowhere.so", stage.path("dangling"));
    make("shared", good);
    ::chmod(stage.path("shared").c_str(), 0775);
    make("open", good);
    ::chmod(stage.path("open").c_str(), 0757);
    make("large", "");
    fs::resize_file(stage.path("large"), 64 * 1024 * 1024 + 1);
  }
  void check(const Bad& bad) {
    auto info = stage.info(bad.file);
    CHECK_TEXT(info.has_value(), bad.file);
    STRCMP_CONTAINS(bad.words, info->detail.c_str());
    LONGS_EQUAL_TEXT(static_cast<int>(PluginState::refused), static_cast<int>(info->state), bad.file);
    POINTERS_EQUAL(nullptr, info->serving);
    CHECK_TEXT(stage.logged("/" + std::string(bad.file) + ".so is not loaded: "), bad.file);
  }
};

TEST(Refusal, AFolderOfBadPluginsIsRefusedOneByOneAndTheGoodOneServesOn) {
  stage.options.trial_time = 1s;
  stage.put("good_1");
  stage.begin();
  CHECK_TRUE(stage.until([&] { return stage.serves("good_1", "1.0"); }));
  for (const Bad& bad : kBuilt) stage.put(bad.file);
  make_all();
  auto all_told = [&] {
    auto told = [&](const Bad& bad) {
      return stage.info(bad.file) && stage.detail(bad.file) != "it is being tried";
    };
    return std::all_of(std::begin(kBuilt), std::end(kBuilt), told) &&
           std::all_of(std::begin(kMade), std::end(kMade), told);
  };
  CHECK_TRUE(stage.until(all_told, 60s));
  for (const Bad& bad : kBuilt) check(bad);
  for (const Bad& bad : kMade) check(bad);
  STRCMP_EQUAL("1.0", stage.use("good").c_str());
  LONGS_EQUAL(1, stage.plugins->loaded());
}

TEST(Refusal, TheyAreRefusedAtAStartTooAndDoNotHoldUpTheGoodOne) {
  stage.options.trial_time = 3s;
  for (const Bad& bad : kBuilt) stage.put(bad.file);
  fs::remove(stage.path("duplicate_name"));
  fs::remove(stage.path("duplicate_command"));
  stage.put("good_1");
  stage.begin();
  CHECK_TRUE(stage.until([&] { return stage.serves("good_1", "1.0"); }));
  CHECK_FALSE(stage.plugins->settled());
  CHECK_TRUE(stage.settles());
  STRCMP_CONTAINS("within 3 s", stage.detail("endless_start").c_str());
}

TEST(Refusal, NothingIsLoadedFromADirectoryThatOthersMayWriteTo) {
  stage.put("good_1");
  ::chmod(stage.directory.c_str(), 0775);
  stage.begin();
  CHECK_TRUE(stage.settles());
  STRCMP_EQUAL("", stage.use("good").c_str());
  auto infos = stage.plugins->list();
  LONGS_EQUAL(1, infos.size());
  STRCMP_EQUAL(stage.directory.c_str(), infos[0].file.c_str());
  STRCMP_EQUAL(("its group may write to " + stage.directory +
                ", and so run any code in this daemon: chmod g-w " + stage.directory)
                   .c_str(),
               infos[0].detail.c_str());
  ::chmod(stage.directory.c_str(), 0755);
  CHECK_TRUE(stage.until([&] { return stage.use("good") == "1.0"; }));
}

TEST(Refusal, WhatServesFromADirectoryThatBecomesUnsafeServesOn) {
  stage.put("good_1", "good");
  stage.begin();
  CHECK_TRUE(stage.settles());
  ::chmod(stage.directory.c_str(), 0777);
  stage.put("good_2", "good");
  stage.pass(300ms);
  STRCMP_EQUAL("1.0", stage.use("good").c_str());
  ::chmod(stage.directory.c_str(), 0755);
  CHECK_TRUE(stage.until([&] { return stage.use("good") == "2.0"; }));
}

TEST(Refusal, DotfilesAndOtherNamesAreNotLookedAt) {
  stage.put("good_1", ".hidden");
  stage.put("good_1", "good.so.bak");
  fs::rename(stage.path("good.so.bak"), stage.directory + "/good.so.bak");
  TemporaryDirectory::put(stage.directory + "/README", "x");
  stage.begin();
  CHECK_TRUE(stage.settles());
  LONGS_EQUAL(0, stage.plugins->list().size());
}

TEST(Refusal, ALinkIsFollowedAndItsTargetIsJudged) {
  std::string target = stage.temporary / "good.so";
  fs::copy_file(Stage::built("good_1"), target);
  ::chmod(target.c_str(), 0775);
  fs::create_symlink(target, stage.path("good"));
  stage.begin();
  CHECK_TRUE(stage.settles());
  STRCMP_CONTAINS("its group may write to", stage.detail("good").c_str());
  ::chmod(target.c_str(), 0755);
  fs::remove(stage.path("good"));
  fs::create_symlink(target, stage.path("good"));
  CHECK_TRUE(stage.until([&] { return stage.use("good") == "1.0"; }));
}

TEST(Refusal, ANewVersionThatIsBadLeavesTheOldOneServing) {
  stage.put("good_1", "good");
  stage.begin();
  CHECK_TRUE(stage.settles());
  for (const char* bad : {"crash_in_start", "wrong_major", "stays_mapped", "failing_start"}) {
    stage.put(bad, "good");
    CHECK_TEXT(stage.until([&] {
      auto info = stage.info("good");
      return info && !info->detail.empty() && stage.logged(fmt::format("{}", info->detail));
    }),
               bad);
    STRCMP_EQUAL("1.0", stage.use("good").c_str());
    CHECK_TRUE(stage.info("good")->state == PluginState::serving);
    stage.put("good_1", "good");
    CHECK_TRUE(stage.until([&] { return stage.detail("good").empty(); }));
  }
  CHECK_TRUE(stage.logged("; good 1.0 serves on"));
}

TEST(Refusal, ANewcomerGetsItsChanceWhenTheOtherGoes) {
  stage.put("good_1");
  stage.begin();
  CHECK_TRUE(stage.settles());
  stage.put("duplicate_command");
  CHECK_TRUE(stage.until([&] { return stage.refused("duplicate_command", "is served already"); }));
  fs::remove(stage.path("good_1"));
  CHECK_TRUE(stage.until([&] { return stage.serves("duplicate_command", "1.0"); }));
  CHECK_FALSE(stage.info("good_1").has_value());
}

TEST(Refusal, AnExceptionEndsAtTheBorderAndThePluginServesOn) {
  stage.put("throwing_run");
  stage.begin();
  CHECK_TRUE(stage.settles());
  Instance& instance = *stage.plugins->serving_command("throwing-run");
  CHECK_FALSE(Stage::enter(instance, 1));
  CHECK_TRUE(Stage::enter(instance, 2));
  CHECK_TRUE(stage.logged("plugin throwing-run: run of a command threw an exception: one is too few"));
}

TEST(Refusal, WhatAPluginPrintsAndAsksForInATrialHurtsNobody) {
  stage.put("noisy");
  stage.begin();
  CHECK_TRUE(stage.settles());
  CHECK_TRUE(stage.serves("noisy", "1.0"));
}

TEST(Refusal, WhatTakesLongIsLoggedWithItsName) {
  stage.put("slow_run");
  stage.begin();
  CHECK_TRUE(stage.settles());
  CHECK_TRUE(Stage::enter(*stage.plugins->serving_command("slow-run"), 1));
  CHECK_TRUE(stage.logged("plugin slow-run: run of a command took "));
}

TEST(Refusal, WithoutAProbeNothingIsLoadedAndTheReasonIsSaid) {
  stage.options.probe = stage.temporary / "none";
  stage.put("good_1");
  stage.begin();
  CHECK_TRUE(stage.settles());
  STRCMP_CONTAINS("it cannot be tried: cannot run", stage.detail("good_1").c_str());
}
