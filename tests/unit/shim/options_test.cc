// The shim's command line.
#include "shim/options.h"

#include <string>

#include "shim/exit_report.h"

#include <CppUTest/TestHarness.h>

using namespace coordinator::shim;

TEST_GROUP(ShimOptions){};

TEST(ShimOptions, TakeWhatFollowsTheDashesAsTheAgent) {
  auto parsed = parse_options({"--directory", "/d", "--spool-bytes", "10", "--", "sh", "--directory", "x"});
  STRCMP_EQUAL("", parsed.error.c_str());
  STRCMP_EQUAL("/d", parsed.options.directory.c_str());
  LONGS_EQUAL(10, parsed.options.spool_bytes);
  LONGS_EQUAL(3, parsed.options.agent.size());
}

TEST(ShimOptions, TakeLimits) {
  auto options =
      parse_options(
          {"--directory", "/d", "--limit-memory", "1", "--limit-processes", "2",  "--limit-cpu-ms",  "3",
           "--grace-ms",  "4",  "--stdin-bytes",  "5", "--stderr-bytes",    "6",  "--limit-cpus",    "7",
           "--keep-free", "8",  "--open-files",   "9", "--alone-ms",        "10", "--control-group", "/g",
           "--",          "sh"})
          .options;
  LONGS_EQUAL(1, options.limits.memory_bytes);
  LONGS_EQUAL(2, options.limits.processes);
  LONGS_EQUAL(3, options.limits.cpu_ms);
  LONGS_EQUAL(4, options.grace.count());
  LONGS_EQUAL(5, options.stdin_bytes);
  LONGS_EQUAL(6, options.stderr_bytes);
  LONGS_EQUAL(7, options.limits.cpus_percent);
  LONGS_EQUAL(8, options.keep_free_bytes);
  LONGS_EQUAL(9, options.open_files);
  LONGS_EQUAL(10, options.alone.count());
  STRCMP_EQUAL("/g", options.control_group.c_str());
}

TEST(ShimOptions, SayWhatIsWrong) {
  auto error = [](std::vector<std::string> arguments) { return parse_options(arguments).error; };
  STRCMP_EQUAL("--directory is missing", error({"--", "sh"}).c_str());
  STRCMP_EQUAL("no command after --", error({"--directory", "/d"}).c_str());
  STRCMP_EQUAL("no command after --", error({"--directory", "/d", "--"}).c_str());
  STRCMP_EQUAL("--directory wants a value", error({"--directory"}).c_str());
  STRCMP_EQUAL("not understood: --spool-bytes many", error({"--spool-bytes", "many", "--", "sh"}).c_str());
  STRCMP_EQUAL("not understood: --colour red", error({"--colour", "red"}).c_str());
  STRCMP_EQUAL("not understood: --grace-ms 3600001", error({"--grace-ms", "3600001", "--", "sh"}).c_str());
}

TEST(ShimOptions, SweepNeedsNothingElse) {
  STRCMP_EQUAL("", parse_options({"--sweep", "abc"}).error.c_str());
}

TEST_GROUP(ExitReport){};

TEST(ExitReport, IsOneJsonObject) {
  ExitReport report;
  report.reason = ExitReason::not_started;
  report.error = "no \"such\" file\n";
  report.stragglers = 2;
  STRCMP_EQUAL(
      "{\"reason\":\"not_started\",\"status\":-1,\"signal\":0,\"error\":\"no \\\"such\\\" "
      "file\",\"spool_bytes\":0,"
      "\"stdin_bytes\":0,\"user_ms\":0,\"system_ms\":0,\"max_rss_kib\":0,\"stragglers\":2,\"left\":0}\n",
      to_json(report).c_str());
}
