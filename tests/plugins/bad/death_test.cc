// Plugins that end the daemon: what the next one knows of it.
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <string>

#include "loader_stage.h"

#include <CppUTest/TestHarness.h>

using namespace loader;

// The crashes here are on purpose, and by which signal is what the tests ask.
extern "C" const char* __asan_default_options();
extern "C" const char* __asan_default_options() { return "handle_segv=0:handle_abort=0"; }

TEST_GROUP(Death) {
  Stage stage;

  // A daemon that uses the command, and dies of it: its signal.
  int daemon_dies(const std::string& command) {
    pid_t child = fork();
    if (child == 0) use_and_die(command);
    int status = 0;
    waitpid(child, &status, 0);
    return WIFSIGNALED(status) ? WTERMSIG(status) : -1;
  }
  [[noreturn]] void use_and_die(const std::string& command) {
    int errors = open((stage.temporary / "errors").c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    dup2(errors, STDERR_FILENO);
    stage.begin();
    stage.settles();
    stage.use(command);
    _exit(0);
  }
  void next_daemon() {
    stage.end();
    stage.begin();
    CHECK_TRUE(stage.settles());
  }
};

TEST(Death, ACrashIsNamedAtTheNextStartAndTheSecondOneQuarantines) {
  stage.put("crash_in_run");
  stage.put("good_1");
  LONGS_EQUAL(SIGSEGV, daemon_dies("crash-in-run"));
  next_daemon();
  CHECK_TRUE(
      stage.logged("an earlier daemon ended while plugin crash-in-run was in run of a command, for the "
                   "first time with this content: if that happens once more, it stays out"));
  CHECK_TRUE(stage.serves("crash_in_run", "1.0"));
  stage.end();
  LONGS_EQUAL(SIGSEGV, daemon_dies("crash-in-run"));
  next_daemon();
  CHECK_TRUE(stage.info("crash_in_run")->state == PluginState::quarantined);
  STRCMP_EQUAL("crash-in-run", stage.info("crash_in_run")->name.c_str());
  STRCMP_CONTAINS("the daemon died in its code twice, the last time in run of a command",
                  stage.detail("crash_in_run").c_str());
  STRCMP_EQUAL("1.0", stage.use("good").c_str());
}

TEST(Death, AQuarantineEndsWhenTheFileChangesOrSomebodyEnablesIt) {
  stage.put("crash_in_run");
  for (int round = 0; round < 2; ++round) {
    LONGS_EQUAL(SIGSEGV, daemon_dies("crash-in-run"));
    next_daemon();
    stage.end();
  }
  next_daemon();
  CHECK_TRUE(stage.info("crash_in_run")->state == PluginState::quarantined);
  std::string words;
  stage.plugins->enable("crash-in-run",
                        [&](const Result<std::string>& told) { words = told.value_or("refused"); });
  CHECK_TRUE(stage.until([&] { return !words.empty(); }));
  STRCMP_EQUAL("crash-in-run 1.0 serves", words.c_str());

  stage.end();
  for (int round = 0; round < 2; ++round) {
    LONGS_EQUAL(SIGSEGV, daemon_dies("crash-in-run"));
    next_daemon();
    stage.end();
  }
  next_daemon();
  CHECK_TRUE(stage.info("crash_in_run")->state == PluginState::quarantined);
  stage.put("good_1", "crash_in_run");
  CHECK_TRUE(stage.until([&] { return stage.serves("crash_in_run", "1.0"); }));
}

TEST(Death, ACallThatDoesNotReturnEndsTheDaemonWithASentence) {
  stage.options.watchdog = 300ms;
  stage.put("endless_run");
  LONGS_EQUAL(SIGABRT, daemon_dies("endless-run"));
  STRCMP_CONTAINS("coordinator: the plugin endless-run has not returned from run of a command for 300 ms",
                  TemporaryDirectory::content(stage.temporary / "errors").c_str());
  next_daemon();
  CHECK_TRUE(stage.logged("an earlier daemon ended while plugin endless-run was in run of a command"));
}

TEST(Death, AKillWhileNoPluginRunsAccusesNobody) {
  stage.put("good_1");
  pid_t child = fork();
  if (child == 0) {
    stage.begin();
    stage.settles();
    stage.use("good");
    raise(SIGKILL);
  }
  int status = 0;
  waitpid(child, &status, 0);
  LONGS_EQUAL(SIGKILL, WTERMSIG(status));
  next_daemon();
  CHECK_FALSE(stage.logged("an earlier daemon ended"));
}
