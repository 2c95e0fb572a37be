// The runner of the end-to-end tests.
#include <csignal>

#include "base/log.h"

#include <CppUTest/CommandLineTestRunner.h>
#include <CppUTest/MemoryLeakWarningPlugin.h>

int main(int argc, char** argv) {
  MemoryLeakWarningPlugin::turnOffNewDeleteOverloads();
  std::signal(SIGPIPE, SIG_IGN);
  coordinator::log::Options quiet;
  quiet.level = coordinator::log::Level::error;
  coordinator::log::configure(quiet);
  return CommandLineTestRunner::RunAllTests(argc, argv);
}
