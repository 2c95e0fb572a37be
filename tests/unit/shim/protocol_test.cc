// The words between a shim and its clients, both ways.
#include "shim/protocol.h"

#include <string>

#include <CppUTest/TestHarness.h>

using namespace coordinator::shim;

namespace {

std::string round_trip(const Command& command) {
  std::string line = command_line(command);
  auto parsed = parse_command(line.substr(0, line.size() - 1));
  return parsed ? command_line(*parsed) : "not understood";
}

std::string round_trip(const Notice& notice) {
  std::string line = notice_line(notice);
  auto parsed = parse_notice(line.substr(0, line.size() - 1));
  return parsed ? notice_line(*parsed) : "not understood";
}

}  // namespace

TEST_GROUP(ShimProtocol){};

TEST(ShimProtocol, UnderstandsTheCommandsThatItMakes) {
  STRCMP_EQUAL("stdin 1048576\n", round_trip(Command(WriteStdin{1048576})).c_str());
  STRCMP_EQUAL("close-stdin\n", round_trip(Command(CloseStdin{})).c_str());
  STRCMP_EQUAL("signal 15\n", round_trip(Command(SendSignal{15})).c_str());
  STRCMP_EQUAL("status\n", round_trip(Command(AskStatus{})).c_str());
  STRCMP_EQUAL("settle\n", round_trip(Command(Settle{})).c_str());
  STRCMP_EQUAL("end\n", round_trip(Command(EndAll{})).c_str());
}

TEST(ShimProtocol, UnderstandsTheNoticesThatItMakes) {
  STRCMP_EQUAL("hello 2\n", round_trip(Notice(Hello{})).c_str());
  STRCMP_EQUAL("spool 5000000000\n", round_trip(Notice(SpoolGrew{5'000'000'000})).c_str());
  STRCMP_EQUAL("settled 200000000\n", round_trip(Notice(Settled{200'000'000})).c_str());
  STRCMP_EQUAL("refused the queue is full\n", round_trip(Notice(Refused{"the queue is full"})).c_str());
  STRCMP_EQUAL("exit\n", round_trip(Notice(Exited{})).c_str());
  Status status{42, AgentState::ending, 1, 2, 3, true, 4};
  STRCMP_EQUAL("status agent=42 state=ending spool=1 stdin=2 queued=3 closed=1 age=4\n",
               round_trip(Notice(status)).c_str());
}

TEST(ShimProtocol, RefusesWhatIsNoCommand) {
  for (const char* line :
       {"", " ", "stdin", "stdin ", "stdin -1", "stdin 1 2", "stdin 99999999999999999999999", "signal",
        "signal 0", "signal 64", "signal x", "end now", "status?", "close-stdin 1", "exit"})
    CHECK_FALSE_TEXT(parse_command(line).has_value(), line);
}

TEST(ShimProtocol, RefusesWhatIsNoNotice) {
  for (const char* line :
       {"", "hello", "hello x", "spool -3", "status agent", "status state=bored", "exit 1", "end"})
    CHECK_FALSE_TEXT(parse_notice(line).has_value(), line);
}

TEST(ShimProtocol, PassesOverFieldsOfALaterVersion) {
  auto notice = parse_notice("status agent=1 mood=good spool=7");
  CHECK_TRUE(notice.has_value());
  LONGS_EQUAL(7, std::get<Status>(*notice).spool);
}
