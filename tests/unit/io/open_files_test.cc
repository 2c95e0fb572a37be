// The limit of open files: raised for us, as it was for those that we run.
#include "io/open_files.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>

#include "io/loop.h"
#include "io/process.h"

#include <CppUTest/TestHarness.h>

using namespace coordinator;

namespace {

// In a process of its own: the limit is the whole process's, and is raised once.
template <class Check>
int in_a_child(Check check) {
  pid_t child = fork();
  if (child == 0) _exit(check() ? 0 : 1);
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void limit(rlim_t soft, rlim_t hard) {
  rlimit files{soft, hard};
  setrlimit(RLIMIT_NOFILE, &files);
}

std::string limit_of_a_child() {
  io::Loop loop;
  std::string said;
  bool over = false;
  io::ProcessSpec spec;
  spec.argv = {"/bin/sh", "-c", "sleep 0.2; ulimit -Sn"};
  spec.output = io::Stdio::pipe;
  auto child = io::Process::spawn(
      loop, spec, {[&](std::string_view bytes) { said += bytes; }, {}, [&](const auto&) { over = true; }});
  while (child && !over) loop.run_once(true);
  return said;
}

}  // namespace

TEST_GROUP(OpenFiles){};

TEST(OpenFiles, AreAsManyAsTheSystemAllows) {
  LONGS_EQUAL(0, in_a_child([] {
                limit(100, 500);
                io::raise_open_files();
                rlimit now{};
                getrlimit(RLIMIT_NOFILE, &now);
                return now.rlim_cur == 500 && io::open_files_of_children() == 100;
              }));
}

TEST(OpenFiles, OfAChildAreAsFewAsBefore) {
  LONGS_EQUAL(0, in_a_child([] {
                limit(100, 500);
                io::raise_open_files();
                return limit_of_a_child() == "100\n";
              }));
}

TEST(OpenFiles, AreLeftAloneWhereTheyAreAllThatThereIs) {
  LONGS_EQUAL(0, in_a_child([] {
                limit(100, 100);
                io::raise_open_files();
                return io::open_files_of_children() == 0 && limit_of_a_child() == "100\n";
              }));
}

TEST(OpenFiles, TellWhetherSomeMoreCanBeOpened) {
  LONGS_EQUAL(0, in_a_child([] {
                for (int fd = 3; fd < 1000; ++fd) close(fd);
                limit(3 + 5, 500);
                return io::can_open(5) && !io::can_open(6) && io::can_open(5);
              }));
}
