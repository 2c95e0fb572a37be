// Projects changed by people: the file, what is in force, and the clones, with the real git and a slow one.
#include "app/project_service.h"

#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "coordinator/plugin.h"
#include "io/loop.h"
#include "io/temporary.h"
#include "io/timer.h"

// CppUTest's macros come last.
#include <CppUTest/TestHarness.h>

using namespace coordinator;
using namespace coordinator::app;
namespace fs = std::filesystem;

namespace {

// Waits for the file `go` beside it, and fails when that says so.
const char* const kSlowGit = R"sh(#!/bin/sh
for directory; do :; done
here=$(dirname "$0")
mkdir "$directory" && echo hello > "$directory/file"
env > "$here/environment"
sleep 1000 & echo $! > "$here/child"
echo "$*" >> "$here/calls"
printf 'Receiving objects:  10%% (1/10), 1.00 KiB | 1.00 KiB/s\r' >&2
while [ ! -e "$here/go" ]; do sleep 0.02; done
kill $!
if grep -q bad "$here/go"; then echo 'fatal: it is bad' >&2; exit 128; fi
)sh";

bool alive(int pid) { return ::kill(pid, 0) == 0 && fs::exists("/proc/" + std::to_string(pid) + "/exe"); }

}  // namespace

TEST_GROUP(Projects) {
  TemporaryDirectory directory;
  std::string file = directory / "coordinator.toml", clones = directory / "projects";
  io::Loop loop;
  io::Timer patience{loop, [] {}};
  io::Timer look{loop, [] {}};  // wakes the loop for what is seen on the disk only
  std::unique_ptr<chat::Router> router;
  std::unique_ptr<Reload> reload;
  std::unique_ptr<ConfiguredProjects> projects;
  std::vector<std::string> said;
  chat::Person ann{UserId{5}, "ann", {}, GuildId{6}, ChannelId{1}, 1u << 3};

  void setup() override {
    log::configure({.file = {}, .terminal = false});
    TemporaryDirectory::put(file, original());
    make("/usr/local/bin:/usr/bin:/bin");
  }
  void teardown() override {
    projects.reset();
    loop.run_once(false);
    log::configure({});
  }
  std::string original() {
    return "# mine\n[projects.one]\nchannels = [\"1\", \"11\"]\ndirectory = \"/\"\nallow = [\"user:1\"]\n"
           "[log]\nlevel = \"error\"\n";
  }
  void make(const std::string& path, Millis clone_patience = 30min) {
    Environment environment{{"PATH", path}, {"HOME", directory.path}, {"DISCORD_TOKEN", "secret"}};
    auto config = load_config(file, environment);
    router = std::make_unique<chat::Router>(config->projects);
    reload = std::make_unique<Reload>(loop, std::move(*config), Reload::Options{environment, false},
                                      [this](const Config& next) { router->configure(next.projects); });
    projects = std::make_unique<ConfiguredProjects>(loop, *reload, *router,
                                                    ConfiguredProjects::Options{clones, clone_patience});
  }
  void use_slow_git(Millis clone_patience = 30min) {
    fs::create_directories(directory / "bin");
    TemporaryDirectory::put(directory / "bin/git", kSlowGit);
    ::chmod((directory / "bin/git").c_str(), 0755);
    make((directory / "bin") + ":/usr/bin:/bin", clone_patience);
  }
  void let_git_go(const std::string& how = "well") { TemporaryDirectory::put(directory / "bin/go", how); }
  std::string repository() {
    std::string command =
        "cd '" + directory.path +
        "' && git init -q source && cd source && echo hello > file && git add file && git -c "
        "user.name=a -c user.email=a@b commit -q -m one && git -c user.name=a -c user.email=a@b "
        "commit -q --allow-empty -m two";
    CHECK_EQUAL(0, std::system(command.c_str()));
    return "file://" + directory.path + "/source";
  }
  command::ProjectChange change(const std::string& name, std::uint64_t channel) {
    command::ProjectChange made;
    made.name = name;
    if (channel) made.channel = ChannelId{channel};
    return made;
  }
  command::ProjectChange clone_of(const std::string& address, const std::string& name,
                                  std::uint64_t channel) {
    auto made = change(name, channel);
    made.repository = address;
    return made;
  }
  command::Done done(std::string & words, int* result = nullptr) {
    words.clear();
    return [&words, result](const tl::expected<std::string, command::Refusal>& outcome) {
      CHECK_TEXT(words.empty(), "told twice");
      words = outcome ? *outcome : outcome.error().words;
      if (result) *result = outcome ? COORDINATOR_OK : outcome.error().result;
    };
  }
  void until(const std::function<bool()>& condition) {
    patience.start(20s);
    look.repeat(20ms);
    while (!condition() && patience.active()) loop.run_once(true);
    CHECK_TRUE(condition());
    patience.stop();
    look.stop();
  }
  // Runs one question to its end.
  using Ask = std::function<void(command::Done)>;
  std::string asked(const Ask& ask, int expected = COORDINATOR_OK) {
    std::string words;
    int result = 1;
    ask(done(words, &result));
    CHECK_TEXT(words.empty(), "told inside the call");
    until([&] { return !words.empty(); });
    LONGS_EQUAL_TEXT(expected, result, words.c_str());
    return words;
  }
  std::string add(command::ProjectChange made, int expected = COORDINATOR_OK) {
    auto note = [this](const std::string& words) { said.push_back(words); };
    return asked([&](command::Done told) { projects->add(ann, made, note, told); }, expected);
  }
  std::string set(command::ProjectChange made, int expected = COORDINATOR_OK) {
    return asked([&](command::Done told) { projects->set(ann, made, told); }, expected);
  }
  std::string remove(const std::string& name, int expected = COORDINATOR_OK) {
    return asked([&](command::Done told) { projects->remove(ann, name, told); }, expected);
  }
  void has(const std::string& text, const std::string& part) {
    CHECK_TEXT(text.find(part) != std::string::npos, (text + " lacks " + part).c_str());
  }
  void unchanged() {
    STRCMP_EQUAL(original().c_str(), TemporaryDirectory::content(file).c_str());
    LONGS_EQUAL(1, projects->projects().size());
  }
  std::size_t entries(const std::string& path) {
    return fs::exists(path) ? static_cast<std::size_t>(std::distance(fs::directory_iterator(path), {})) : 0;
  }
};

TEST(Projects, ADirectoryIsAddedChangedAndRemoved) {
  auto two = change("two", 2);
  two.directory = directory.path;
  STRCMP_EQUAL(
      ("Project **two** is ready: <#2> speaks to it, in `" + directory.path + "`. Allowed: user:5.").c_str(),
      add(two).c_str());
  STRCMP_EQUAL((original() + "\n[projects.two]\nchannels = [\"2\"]\ndirectory = \"" + directory.path +
                "\"\nallow = [\"user:5\"]\n")
                   .c_str(),
               TemporaryDirectory::content(file).c_str());
  STRCMP_EQUAL("two", projects->project_of(ChannelId{2})->name.c_str());
  auto other = change("two", 11);
  other.model = "opus";
  other.allow = "role:7, guild:8 everyone";
  STRCMP_EQUAL("Project **two** is changed: channel, model, allow.", set(other).c_str());
  const chat::Project& project = projects->projects()[1];
  STRCMP_EQUAL("opus", project.model.c_str());
  CHECK_TRUE(project.allow.everyone && project.allow.roles == std::vector<RoleId>{RoleId{7}});
  STRCMP_EQUAL("two", projects->project_of(ChannelId{11})->name.c_str());
  other = change("two", 0);
  other.model = "default";
  set(other);
  STRCMP_EQUAL("", projects->projects()[1].model.c_str());
  STRCMP_EQUAL("Project **two** is removed. Its directory stays.", remove("two").c_str());
  POINTERS_EQUAL(nullptr, projects->project_of(ChannelId{2}));
  CHECK_TRUE(fs::exists(directory.path));
}

TEST(Projects, OnlyAdministratorsChangeThem) {
  auto two = change("two", 2);
  two.directory = "/";
  ann.permissions = ~std::uint64_t{1u << 3};
  for (const std::string& words :
       {add(two, COORDINATOR_REFUSED), set(two, COORDINATOR_REFUSED), remove("one", COORDINATOR_REFUSED)})
    has(words, "Administrator permission");
  unchanged();
}

TEST(Projects, WhatIsNotPossibleIsSaidAndChangesNothing) {
  auto two = change("two", 2);
  has(add(two, COORDINATOR_INVALID), "either the address of a repository, or a directory");
  two.directory = "/";
  two.repository = "https://example.org/a";
  has(add(two, COORDINATOR_INVALID), "either the address of a repository, or a directory");
  two.repository.reset();
  two.directory = "relative";
  has(add(two, COORDINATOR_INVALID), "whole path");
  two.directory = "/none/such";
  has(add(two, COORDINATOR_INVALID), "the directory /none/such cannot be found");
  two.directory = "/";
  two.allow = "user:x";
  has(add(two, COORDINATOR_INVALID), "belongs an id");
  two.allow = "";
  two.model = "-x";
  has(add(two, COORDINATOR_INVALID), "does not begin with a dash");
  two.model = std::string(20000, 'x');
  has(add(two, COORDINATOR_INVALID), "too long");
  auto one = change("one", 2);
  one.directory = "/";
  has(add(one, COORDINATOR_INVALID), "there is a project one already");
  has(add(change("../x", 2), COORDINATOR_INVALID), "a name has 1 to 64");
  auto nowhere = change("two", 0);
  nowhere.directory = "/";
  has(add(nowhere, COORDINATOR_INVALID), "Name the channel");
  has(set(change("none", 3), COORDINATOR_NOT_FOUND), "There is no project none");
  has(set(change("one", 0), COORDINATOR_INVALID), "Say what is to change");
  has(set(clone_of("https://example.org/a", "one", 0), COORDINATOR_INVALID), "keeps its repository");
  has(remove("none", COORDINATOR_NOT_FOUND), "There is no project none");
  for (const char* address : {"ext::id", "/etc", "--help", "https://a:b@c/d"})
    add(clone_of(address, "two", 2), COORDINATOR_INVALID);
  unchanged();
}

TEST(Projects, ARepositoryIsClonedAndIsThere) {
  std::string words = add(clone_of(repository(), "two", 2));
  has(words, "in `" + clones + "/two`");
  STRCMP_EQUAL("hello\n", TemporaryDirectory::content(clones + "/two/file").c_str());
  CHECK_TRUE(fs::exists(clones + "/two/.git/shallow"));
  LONGS_EQUAL(1, entries(clones));
  STRCMP_EQUAL((clones + "/two").c_str(), projects->project_of(ChannelId{2})->directory.c_str());
  remove("two");
  CHECK_TRUE(fs::exists(clones + "/two/file"));
  has(add(clone_of("file:///x", "two", 2), COORDINATOR_INVALID), "is there already");
}

TEST(Projects, ACloneThatFailsLeavesNothing) {
  has(add(clone_of("file://" + directory.path + "/none", "two", 2), COORDINATOR_FAILED),
      "git could not clone it: fatal:");
  until([&] { return entries(clones) == 0; });
  unchanged();
  make("/nowhere");
  has(add(clone_of("file:///x", "two", 2), COORDINATOR_FAILED), "is git installed");
}

TEST(Projects, CommandsAreForServersThatHaveOneOfOurChannels) {
  chat::Person stranger{UserId{50}, "eve", {}, GuildId{60}, ChannelId{70}, 1u << 3};
  CHECK_FALSE(projects->admits(stranger));
  router->belongs(ChannelId{11}, GuildId{60});
  CHECK_TRUE(projects->admits(stranger));
  stranger.guild = GuildId{61};
  CHECK_FALSE(projects->admits(stranger));
  stranger.channel = ChannelId{1};
  CHECK_TRUE(projects->admits(stranger));
  chat::Person named{UserId{1}, "ann", {}, {}, ChannelId{70}, 0};
  CHECK_TRUE(projects->admits(named));
}

TEST(Projects, ProgressIsToldAndGitKnowsNoSecret) {
  use_slow_git();
  std::string words;
  projects->add(
      ann, clone_of("https://example.org/a", "two", 2),
      [this](const std::string& progress) { said.push_back(progress); }, done(words));
  until([&] { return !said.empty(); });
  STRCMP_EQUAL("Receiving objects: 10% (1.00 KiB)", said[0].c_str());
  std::string environment = TemporaryDirectory::content(directory / "bin/environment");
  CHECK_TRUE(environment.find("secret") == std::string::npos);
  has(environment, "GIT_TERMINAL_PROMPT=0\n");
  let_git_go();
  until([&] { return !words.empty(); });
  has(words, "is ready");
  has(TemporaryDirectory::content(directory / "bin/calls"),
      "clone --depth 1 --progress -- https://example.org/a ");
}

TEST(Projects, TwoClonesRunAtOnceAndTheRestWaits) {
  use_slow_git();
  std::vector<std::string> words(4);
  for (std::size_t i = 0; i < words.size(); ++i)
    projects->add(ann, clone_of("https://example.org/a", "p" + std::to_string(i), 20 + i), {},
                  done(words[i]));
  until([&] { return entries(clones) == 2; });
  has(add(clone_of("https://example.org/a", "p3", 30), COORDINATOR_INVALID), "is being added already");
  auto five = change("five", 5);
  five.directory = "/";
  has(add(five), "is ready");  // others do not wait for clones
  LONGS_EQUAL(2, entries(clones));
  let_git_go();
  for (const std::string& each : words) until([&] { return !each.empty(); });
  for (const std::string& each : words) has(each, "is ready");
  LONGS_EQUAL(6, projects->projects().size());
  LONGS_EQUAL(4, entries(clones));
}

TEST(Projects, TheQueueOfClonesHasAnEnd) {
  use_slow_git();
  std::vector<std::string> words(ConfiguredProjects::kClonesAtOnce + ConfiguredProjects::kMostWaiting);
  for (std::size_t i = 0; i < words.size(); ++i)
    projects->add(ann, clone_of("https://example.org/a", "p" + std::to_string(i), 20 + i), {},
                  done(words[i]));
  has(add(clone_of("https://example.org/a", "more", 90), COORDINATOR_LIMIT), "Too many");
  projects.reset();  // ends those that run
  for (const std::string& each : words) STRCMP_EQUAL("", each.c_str());
}

TEST(Projects, WhatChangedMeanwhileIsSeen) {
  use_slow_git();
  std::string words;
  int result = 0;
  projects->add(ann, clone_of("https://example.org/a", "two", 2), {}, done(words, &result));
  until([&] { return entries(clones) == 1; });
  TemporaryDirectory::put(
      file, original() + "[projects.two]\nchannels = [\"3\"]\ndirectory = \"/\"\nallow = [\"user:1\"]\n");
  let_git_go();
  until([&] { return !words.empty(); });
  LONGS_EQUAL(COORDINATOR_INVALID, result);
  has(words, "there is a project two already");
  until([&] { return entries(clones) == 0; });
  // What somebody wrote by hand is what is edited.
  set(change("two", 4));
  LONGS_EQUAL(2, projects->projects().size());
  LONGS_EQUAL(2, projects->project_of(ChannelId{4})->channels.size());
}

TEST(Projects, ABrokenFileIsNotWrittenOver) {
  TemporaryDirectory::put(file, "[broken");
  auto two = change("two", 2);
  two.directory = "/";
  has(add(two, COORDINATOR_INVALID), "has a mistake that must be mended first: line 1");
  has(remove("one", COORDINATOR_FAILED), "has a mistake");
  STRCMP_EQUAL("[broken", TemporaryDirectory::content(file).c_str());
}

TEST(Projects, ACloneThatTakesTooLongIsEnded) {
  use_slow_git(300ms);
  std::string words = add(clone_of("https://example.org/a", "two", 2), COORDINATOR_FAILED);
  has(words, "and was ended");
  int child = std::stoi(TemporaryDirectory::content(directory / "bin/child"));
  until([&] { return !alive(child) && entries(clones) == 0; });
  unchanged();
}

TEST(Projects, WhatAnEarlierDaemonLeftIsCleanedUp) {
  use_slow_git();
  std::string words;
  projects->add(ann, clone_of("https://example.org/a", "two", 2), {}, done(words));
  until([&] { return fs::exists(directory / "bin/calls"); });
  int child = std::stoi(TemporaryDirectory::content(directory / "bin/child"));
  make((directory / "bin") + ":/usr/bin:/bin");  // the service ends, and its git with it
  until([&] { return !alive(child); });
  LONGS_EQUAL(1, entries(clones));
  std::string other = clones + "/.twofold.0123456789abcdef", old = clones + "/.three.0123456789abcdef";
  fs::create_directories(other);                    // of another name: it may be at work
  fs::create_directories(clones + "/.three.1234");  // no clone of ours
  fs::create_directories(old);
  for (const std::string& each : {old, clones + "/.three.1234"})
    fs::last_write_time(each, fs::file_time_type::clock::now() - std::chrono::hours(2));
  let_git_go();
  has(add(clone_of("https://example.org/a", "two", 2)), "is ready");
  until([&] { return entries(clones) == 3; });
  CHECK_TRUE(fs::exists(clones + "/two/file"));
  CHECK_TRUE(fs::exists(other));
  CHECK_FALSE(fs::exists(old));
}

TEST(Projects, TheFileStaysWhereAndWhatItIs) {
  fs::create_directories(directory / "real");
  std::string real = directory / "real/c.toml";
  fs::rename(file, real);
  fs::create_symlink(real, file);
  ::chmod(real.c_str(), 0640);
  set([&] {
    auto one = change("one", 0);
    one.model = "opus";
    return one;
  }());
  CHECK_TRUE(fs::is_symlink(file));
  has(TemporaryDirectory::content(real), "model = \"opus\"");
  struct stat info;
  ::stat(real.c_str(), &info);
  LONGS_EQUAL(0640, info.st_mode & 0777);
}
