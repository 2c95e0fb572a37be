// Places: state, configuration, shim and plugins.
#include "app/paths.h"

#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "io/temporary.h"

// CppUTest's macros come last.
#include <CppUTest/TestHarness.h>

using namespace coordinator;
using namespace coordinator::app;
namespace fs = std::filesystem;

TEST_GROUP(Paths) { TemporaryDirectory directory; };

TEST(Paths, TheStateIsWhereSystemdOrTheUserKeepsIt) {
  Environment environment;
  CHECK_FALSE(state_directory(environment).has_value());
  environment["HOME"] = "/home/ann";
  STRCMP_EQUAL("/home/ann/.local/state/coordinator", state_directory(environment).value().c_str());
  environment["XDG_STATE_HOME"] = "relative/is/ignored";
  STRCMP_EQUAL("/home/ann/.local/state/coordinator", state_directory(environment).value().c_str());
  environment["XDG_STATE_HOME"] = "/state";
  STRCMP_EQUAL("/state/coordinator", state_directory(environment).value().c_str());
  environment["STATE_DIRECTORY"] = "/var/lib/coordinator:/var/lib/other";
  STRCMP_EQUAL("/var/lib/coordinator", state_directory(environment).value().c_str());
}

TEST(Paths, TheConfigurationIsTheFirstThatIsThere) {
  Environment environment{{"HOME", directory / "home"}};
  fs::create_directories(directory / "home/.config/coordinator");
  std::string mine = directory / "home/.config/coordinator/coordinator.toml";
  TemporaryDirectory::put(mine, "");
  STRCMP_EQUAL(mine.c_str(), config_file(environment, {}).value().c_str());
  STRCMP_EQUAL("/etc/coordinator/coordinator.toml", config_places(environment).back().c_str());
  TemporaryDirectory::put(directory / "given.toml", "");
  STRCMP_EQUAL((directory / "given.toml").c_str(),
               config_file(environment, directory / "given.toml").value().c_str());
  auto missing = config_file(environment, "/none.toml");  // what was named is not replaced by another
  STRCMP_EQUAL("there is no configuration file /none.toml", missing.error().what.c_str());
}

TEST(Paths, AMissingConfigurationNamesEveryPlace) {
  Environment environment{{"XDG_CONFIG_HOME", directory / "config"}};
  auto places = config_places(environment);
  LONGS_EQUAL(2, places.size());
  if (fs::exists(places[1])) return;  // a machine that has one
  auto missing = config_file(environment, {});
  for (const std::string& place : places)
    CHECK_TEXT(missing.error().what.find(place) != std::string::npos, missing.error().what.c_str());
  CHECK_TRUE(missing.error().what.find("--config") != std::string::npos);
}

TEST(Paths, TheShimIsBesideTheDaemonOrInLibexec) {
  std::string bin = directory / "bin", libexec = directory / "libexec/coordinator";
  fs::create_directories(bin);
  fs::create_directories(libexec);
  CHECK_TRUE(shim_program(bin).error().what.find("coordinator-shim") != std::string::npos);
  TemporaryDirectory::put(libexec + "/coordinator-shim", "");
  CHECK_FALSE(shim_program(bin).has_value());  // it cannot be run
  ::chmod((libexec + "/coordinator-shim").c_str(), 0755);
  STRCMP_EQUAL((bin + "/../libexec/coordinator/coordinator-shim").c_str(), shim_program(bin).value().c_str());
  TemporaryDirectory::put(bin + "/coordinator-shim", "");
  ::chmod((bin + "/coordinator-shim").c_str(), 0755);
  STRCMP_EQUAL((bin + "/coordinator-shim").c_str(), shim_program(bin).value().c_str());
}

TEST(Paths, PluginsAreBesideTheDaemonOrInLib) {
  STRCMP_EQUAL((directory.path + "/../lib/coordinator/plugins").c_str(),
               plugin_directory(directory.path).c_str());
  fs::create_directories(directory / "plugins");
  STRCMP_EQUAL((directory / "plugins").c_str(), plugin_directory(directory.path).c_str());
}

TEST(Paths, TheEnvironmentIsTakenAsItIs) {
  ::setenv("COORDINATOR_TEST_VARIABLE", "a=b", 1);
  STRCMP_EQUAL("a=b", variable(own_environment(), "COORDINATOR_TEST_VARIABLE").value().c_str());
  ::setenv("COORDINATOR_TEST_VARIABLE", "", 1);
  CHECK_FALSE(variable(own_environment(), "COORDINATOR_TEST_VARIABLE").has_value());
  ::unsetenv("COORDINATOR_TEST_VARIABLE");
}
