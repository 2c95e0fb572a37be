// The one line about what a tool is asked to do.
#include "agent/tool_summary.h"

#include <string>

#include "agent/shim_exit.h"
#include "base/json.h"

#include <CppUTest/TestHarness.h>

using namespace coordinator;
using namespace coordinator::agent;

namespace {

std::string summary(const char* input) { return tool_summary(Json::parse(input)->view()); }

}  // namespace

TEST_GROUP(ToolSummary){};

TEST(ToolSummary, NamesTheMatter) {
  STRCMP_EQUAL("git log", summary(R"({"description":"shows","command":"git log"})").c_str());
  STRCMP_EQUAL("/a/b.cc", summary(R"({"file_path":"/a/b.cc","content":"x"})").c_str());
  STRCMP_EQUAL("odd", summary(R"({"number":3,"whatever":"odd"})").c_str());
}

TEST(ToolSummary, IsOneShortLine) {
  STRCMP_EQUAL("first", summary(R"({"command":"\n first\nsecond"})").c_str());
  auto longest = summary((R"({"command":")" + std::string(500, 'x') + "\"}").c_str());
  STRCMP_EQUAL((std::string(119, 'x') + "…").c_str(), longest.c_str());
}

TEST(ToolSummary, IsEmptyWhereThereIsNoText) {
  STRCMP_EQUAL("", summary("{}").c_str());
  STRCMP_EQUAL("", summary("[]").c_str());
  STRCMP_EQUAL("", summary(R"({"a":{"b":"c"}})").c_str());
}

TEST_GROUP(ShimExit){};

TEST(ShimExit, IsReadAsTheShimWroteIt) {
  auto exit = parse_shim_exit(
      R"({"reason":"spool_full","status":-1,"signal":9,"error":"","user_ms":20,"system_ms":3,"max_rss_kib":7,)"
      R"("stragglers":2,"left":1})");
  CHECK_TRUE(exit->reason == ShimExit::Reason::spool_full);
  LONGS_EQUAL(9, exit->signal);
  LONGS_EQUAL(23, exit->cpu.count());
  LONGS_EQUAL(1, exit->left);
}

TEST(ShimExit, RefusesWhatNoShimWrites) {
  CHECK_FALSE(parse_shim_exit("").has_value());
  CHECK_FALSE(parse_shim_exit("{}").has_value());
  CHECK_FALSE(parse_shim_exit(R"({"reason":"bored"})").has_value());
}
