// The token: where it is found, in which order, and that it is never shown.
#include "app/config_token.h"

#include <sys/stat.h>

#include <string>

#include "app/config.h"
#include "io/temporary.h"

// CppUTest's macros come last.
#include <CppUTest/TestHarness.h>

using namespace coordinator;
using namespace coordinator::app;

TEST_GROUP(Token) {
  TemporaryDirectory directory;
  DiscordOptions options;
  Environment environment;

  std::string found() {
    auto token = find_token(options, environment);
    return token ? token->reveal() : "error: " + token.error().what;
  }
};

TEST(Token, IsLookedForInItsOrder) {
  options.token = discord::Token("inline.token");
  STRCMP_EQUAL("inline.token", found().c_str());
  options.token_file = directory / "token";
  TemporaryDirectory::put(options.token_file, "  file.token\n");
  STRCMP_EQUAL("file.token", found().c_str());
  environment["CREDENTIALS_DIRECTORY"] = directory.path;
  STRCMP_EQUAL("file.token", found().c_str());  // no such credential
  TemporaryDirectory::put(directory / "discord-token", "credential.token");
  STRCMP_EQUAL("credential.token", found().c_str());
  environment["DISCORD_TOKEN"] = "";
  STRCMP_EQUAL("credential.token", found().c_str());
  environment["DISCORD_TOKEN"] = "environment.token";
  STRCMP_EQUAL("environment.token", found().c_str());
}

TEST(Token, WhereThereIsNoneTheErrorSaysWhereToPutIt) {
  std::string error = found();
  for (const char* part :
       {"no Discord token", "discord.token_file", "DISCORD_TOKEN", "discord-token", "mode 600"})
    CHECK_TEXT(error.find(part) != std::string::npos, error.c_str());
}

TEST(Token, AFileThatIsMissingIsNotPassedOver) {
  options.token = discord::Token("inline.token");
  options.token_file = directory / "none";
  STRCMP_EQUAL(("error: cannot open " + options.token_file + ": No such file or directory").c_str(),
               found().c_str());
}

TEST(Token, WhatIsNoTokenIsRefusedWithoutBeingShown) {
  for (const char* text : {"Bot s3cret", "s3cret s3cret", "s3cret\ns3cret", "s3cr\xc3\xa9t", " \n"}) {
    environment["DISCORD_TOKEN"] = text;
    std::string error = found();
    CHECK_TEXT(error.starts_with("error: DISCORD_TOKEN"), error.c_str());
    CHECK_TEXT(error.find("s3cr") == std::string::npos, error.c_str());
  }
}

TEST(Token, TellsWhenOthersMayReadItsFile) {
  std::string file = directory / "token";
  TemporaryDirectory::put(file, "x");
  ::chmod(file.c_str(), 0640);
  STRCMP_EQUAL(("others may read the token in " + file + ": run: chmod 600 " + file).c_str(),
               readable_by_others(file).c_str());
  ::chmod(file.c_str(), 0600);
  STRCMP_EQUAL("", readable_by_others(file).c_str());
}
