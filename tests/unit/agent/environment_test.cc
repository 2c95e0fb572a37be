// What an agent's environment holds, and what never gets into it.
#include "agent/environment.h"

#include <string>

#include <CppUTest/TestHarness.h>

using namespace coordinator;
using namespace coordinator::agent;

TEST_GROUP(Environment) {
  Environment own = {{"PATH", "/bin"},
                     {"HOME", "/home/x"},
                     {"LC_ALL", "C"},
                     {"DISCORD_TOKEN", "s3cr"},
                     {"CREDENTIALS_DIRECTORY", "/run/c"},
                     {"ANTHROPIC_API_KEY", "k"},
                     {"CLAUDECODE", "1"},
                     {"SSH_AUTH_SOCK", "/s"},
                     {"MINE", "m"},
                     {"TERM", "xterm"},
                     {"COORDINATOR_TURN", "outer"}};
  AgentSettings settings;

  std::string made(const NameList& names = {}, const Environment& additions = {}) {
    std::string out;
    for (const auto& entry : as_strings(child_environment(own, names, additions, settings, "feed")))
      out += entry + " ";
    return out;
  }
};

TEST(Environment, HoldsWhatIsListedAndNothingElse) {
  STRCMP_EQUAL("COORDINATOR_TURN=feed HOME=/home/x LC_ALL=C PATH=/bin TERM=dumb ", made().c_str());
}

TEST(Environment, TakesWhatAnAdapterLetsThrough) {
  STRCMP_CONTAINS("ANTHROPIC_API_KEY=k", made({"ANTHROPIC_*"}).c_str());
}

TEST(Environment, TakesWhatTheConfigurationPassesAndSets) {
  settings.pass_environment = {"MINE"};
  settings.environment = {{"HOME", "/other"}, {"ADDED", "a"}};
  auto text = made({}, {{"ADDED", "by the adapter"}});
  STRCMP_CONTAINS("MINE=m", text.c_str());
  STRCMP_CONTAINS("HOME=/other", text.c_str());
  STRCMP_CONTAINS("ADDED=a ", text.c_str());
}

TEST(Environment, NeverHoldsTheDaemonsSecretsWhoeverAsks) {
  settings.pass_environment = {"DISCORD_TOKEN", "CREDENTIALS_DIRECTORY", "*"};
  settings.environment = {{"DISCORD_TOKEN", "again"}};
  auto text = made({"DISCORD_*"});
  CHECK_TRUE(text.find("s3cr") == std::string::npos);
  CHECK_TRUE(text.find("again") == std::string::npos);
  CHECK_TRUE(text.find("/run/c") == std::string::npos);
}

TEST(Environment, CarriesTheTurnsMarkerAndNoOthers) {
  settings.environment = {{"COORDINATOR_TURN", "forged"}, {"TERM", "xterm"}};
  auto text = made();
  STRCMP_CONTAINS("COORDINATOR_TURN=feed ", text.c_str());
  STRCMP_CONTAINS("TERM=dumb ", text.c_str());
}
