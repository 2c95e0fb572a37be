// Child processes on the loop.
#include "io/process.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <memory>
#include <optional>
#include <string>

#include "io/loop.h"
#include "io/signals.h"
#include "io/temporary.h"

#include <CppUTest/TestHarness.h>

using namespace coordinator;
using namespace coordinator::io;

TEST_GROUP(Process) {
  Loop loop;
  std::unique_ptr<Process> process;
  std::string output, errors;
  std::optional<ProcessExit> exit;
  std::string failure;

  void teardown() override { process.reset(); }

  void spawn(const ProcessSpec& spec) {
    auto spawned = Process::spawn(loop, spec,
                                  {[this](std::string_view bytes) { output += bytes; },
                                   [this](std::string_view bytes) { errors += bytes; },
                                   [this](const ProcessExit& end) { exit = end; }});
    if (spawned)
      process = std::move(*spawned);
    else
      failure = spawned.error().what;
  }
  ProcessSpec shell(const std::string& script) {
    ProcessSpec spec;
    spec.argv = {"sh", "-c", script};
    spec.environment = {"PATH=/usr/bin:/bin"};
    spec.output = spec.errors = Stdio::pipe;
    return spec;
  }
  bool ends() {
    bool late = false;
    Timer guard(loop, [&late] { late = true; });
    guard.start(20s);
    while (!exit && !late) loop.run_once(true);
    return exit.has_value();
  }
};

TEST(Process, TellsItsOutputAndThenItsEnd) {
  spawn(shell("echo out; echo err >&2; exit 3"));
  CHECK_TRUE(ends());
  STRCMP_EQUAL("out\n", output.c_str());
  STRCMP_EQUAL("err\n", errors.c_str());
  LONGS_EQUAL(3, exit->status);
  LONGS_EQUAL(0, exit->signal);
}

TEST(Process, GetsExactlyItsEnvironmentAndItsDirectory) {
  TemporaryDirectory directory;
  auto spec = shell("pwd; /usr/bin/env");
  spec.environment = {"ONLY=this"};
  spec.argv[0] = "/bin/sh";
  spec.directory = directory.path;
  spawn(spec);
  CHECK_TRUE(ends());
  STRCMP_CONTAINS((directory.path + "\n").c_str(), output.c_str());
  STRCMP_CONTAINS("ONLY=this\n", output.c_str());
  CHECK_TRUE(output.find("HOME=") == std::string::npos);
}

TEST(Process, ReadsWhatIsWritten) {
  auto spec = shell("cat");
  spec.input = Stdio::pipe;
  spawn(spec);
  std::string long_text(3'000'000, 'x');
  CHECK_TRUE(process->write(long_text).has_value());
  process->close_input();
  CHECK_FALSE(process->write("too late").has_value());
  CHECK_TRUE(ends());
  LONGS_EQUAL(long_text.size(), output.size());
}

TEST(Process, EndsByASignalToItsGroup) {
  auto spec = shell("sleep 100 & echo up; wait");
  spec.detached = true;
  spawn(spec);
  while (output.empty()) loop.run_once(true);
  process->kill(SIGKILL, true);
  CHECK_TRUE(ends());
  LONGS_EQUAL(SIGKILL, exit->signal);
}

TEST(Process, EndsAlthoughAGrandchildHoldsItsOutput) {
  spawn(shell("setsid sleep 5 & echo said"));
  auto before = loop.now().instant;
  CHECK_TRUE(ends());
  CHECK_TRUE(loop.now().instant - before < 4s);
  STRCMP_EQUAL("said\n", output.c_str());
}

TEST(Process, WritesToAFileWhereItIsTold) {
  TemporaryDirectory directory;
  TemporaryDirectory::put(directory / "log", "before\n");
  auto spec = shell("echo after; echo err >&2");
  spec.output_file = spec.errors_file = directory / "log";
  spec.output = spec.errors = Stdio::null;
  spawn(spec);
  CHECK_TRUE(ends());
  STRCMP_EQUAL("before\nafter\nerr\n", TemporaryDirectory::content(directory / "log").c_str());
}

TEST(Process, SaysWhyItCannotBeRun) {
  ProcessSpec spec;
  spec.argv = {"/no/such/program"};
  spawn(spec);
  STRCMP_EQUAL("cannot run /no/such/program in .: no such file or directory", failure.c_str());
}

TEST(Process, LivesOnWhenItsOwnerLetsGo) {
  TemporaryDirectory directory;
  auto spec = shell("sleep 0.2; echo alive > " + (directory / "sign"));
  spec.detached = true;
  spec.output = spec.errors = Stdio::null;
  spawn(spec);
  process.reset();
  bool late = false;
  Timer guard(loop, [&late] { late = true; });
  Timer pulse(loop, [] {});
  guard.start(20s);
  pulse.repeat(10ms);
  while (!std::filesystem::exists(directory / "sign") && !late) loop.run_once(true);
  CHECK_FALSE(late);
}

TEST_GROUP(Signals) { Loop loop; };

TEST(Signals, AreHeardOnTheLoop) {
  int heard = 0;
  Signals signals(loop, [&heard](int number) { heard = number; });
  Timer guard(loop, [] {});
  guard.start(20s);
  raise(SIGHUP);
  while (heard == 0 && guard.active()) loop.run_once(true);
  LONGS_EQUAL(SIGHUP, heard);
}

TEST(Process, ReadsFromAnOpenDescriptorOfOurs) {
  TemporaryDirectory directory;
  TemporaryDirectory::put(directory / "input", "from a file");
  int fd = open((directory / "input").c_str(), O_RDONLY | O_CLOEXEC);
  ProcessSpec spec = shell("cat");
  spec.input_descriptor = fd;
  spawn(spec);
  close(fd);
  CHECK_TRUE(ends());
  STRCMP_EQUAL("from a file", output.c_str());
}
