// Cloning: which addresses git may be given, what it gets to know, and how its words are read.
#include "app/git_clone.h"

#include <string>
#include <vector>

// CppUTest's macros come last.
#include <CppUTest/TestHarness.h>

using namespace coordinator;
using namespace coordinator::app;

TEST_GROUP(Repository){void good(const char* address){auto status = check_repository(address);
CHECK_TEXT(status.has_value(), status ? "" : status.error().what.c_str());
}
void bad(const std::string& address, const char* words) {
  auto status = check_repository(address);
  CHECK_FALSE_TEXT(status.has_value(), address.c_str());
  CHECK_TEXT(status.error().what.find(words) != std::string::npos, status.error().what.c_str());
}
}
;

TEST(Repository, IsReachedByHttpsSshGitOrFile) {
  for (const char* address : {"https://example.org/a/b.git", "http://localhost:8080/x",
                              "ssh://git@example.org:22/a", "git://example.org/a", "file:///srv/a.git",
                              "git@example.org:a/b.git", "example.org:a", "https://example.org/~a/b"})
    good(address);
}

TEST(Repository, NothingElseIsGivenToGit) {
  bad("", "missing");
  bad(std::string(1001, 'a'), "too long");
  bad("--upload-pack=touch /tmp/x", "does not begin with a dash");
  bad("https://example.org/a b", "no blanks");
  bad(std::string("https://example.org/\0a", 22), "no blanks");
  bad("https://example.org/a\nb", "no blanks");
  bad("ext::sh -c id", "no blanks");
  bad("ext::id", "no address");
  bad("fd::7/x", "no address");
  bad("ftp://example.org/a", "not fetched by \"ftp\"");
  bad("HTTPS://example.org/a", "not fetched by \"HTTPS\"");
  bad("/srv/a.git", "file:///path");
  bad("a/b:c", "no address");
  bad("./a", "no address");
  bad("file://host/a", "names no host");
  bad("https:///a", "names no host");
  bad("ssh://-oProxyCommand=id/a", "names no host");
  bad("ssh://git@-oProxyCommand=id/a", "names no host");
  bad("-oProxyCommand=id:a", "begin with a dash");
  bad("git@-oProxyCommand=id:a", "names no repository");
  bad("git@example.org:-a", "names no repository");
}

TEST(Repository, NoSecretBelongsIntoAnAddress) {
  bad("https://ann:secret@example.org/a", "leave the user, password or token out");
  bad("https://ghp_token@example.org/a", "leave the user, password or token out");
  bad("ssh://ann:secret@example.org/a", "leave the user, password or token out");
}

TEST_GROUP(GitEnvironment){};

TEST(GitEnvironment, HoldsWhatGitNeedsAndAsksNobody) {
  Environment made = git_environment({{"PATH", "/bin"},
                                      {"HOME", "/home/ann"},
                                      {"DISCORD_TOKEN", "secret"},
                                      {"CREDENTIALS_DIRECTORY", "/run/credentials"},
                                      {"ANTHROPIC_API_KEY", "secret"},
                                      {"GIT_SSH_COMMAND", "evil"},
                                      {"LC_ALL", "de_DE.UTF-8"},
                                      {"SSH_AUTH_SOCK", "/run/agent"}});
  std::string all;
  for (const std::string& one : as_strings(made)) all += one + "\n";
  STRCMP_EQUAL(
      "GCM_INTERACTIVE=never\nGIT_ALLOW_PROTOCOL=https:http:ssh:git:file\nGIT_ASKPASS=\nGIT_TERMINAL_PROMPT="
      "0\n"
      "HOME=/home/ann\nLC_ALL=C\nPATH=/bin\nSSH_ASKPASS_REQUIRE=never\nSSH_AUTH_SOCK=/run/agent\n",
      all.c_str());
}

TEST_GROUP(CloneProgress) {
  CloneProgress progress;
  Instant now{};

  void says(const char* expected, const char* bytes, Millis after = 0ms) {
    now += after;
    STRCMP_EQUAL(expected, progress.hear(bytes, now).value_or("(nothing)").c_str());
  }
};

TEST(CloneProgress, IsToldAtOnceAndThenEveryTwoSeconds) {
  says("(nothing)", "Cloning into '/x'...\nremote: Enumerating objects: 5, done.        \n");
  says("Counting objects: 20%", "remote: Counting objects:  20% (1/5)        \r");
  says("(nothing)", "remote: Counting objects: 100% (5/5), done.        \nReceiving obj", 1s);
  says("(nothing)", "ects:  45% (450/1000), 1.20 MiB | 2.00 MiB/s\r", 999ms);
  says("Receiving objects: 45% (1.20 MiB)", "", 1ms);
  says("(nothing)", "", 5s);  // it has been said
  says("Resolving deltas: 7%",
       "Receiving objects: 100% (1000/1000), 2.50 MiB | 2 MiB/s, done.\nResolving deltas:   7% (1/14)\r");
  STRCMP_EQUAL("", progress.complaint().c_str());
}

TEST(CloneProgress, TheEndOfAFailureIsWhatGitComplainedOf) {
  says("(nothing)",
       "Cloning into 'x'...\nremote: Repository not found.\nfatal: repository "
       "'https://ann:pw@example.org/a/' not "
       "found\n\nPlease make sure you\nhave it\n");
  STRCMP_EQUAL(
      "remote: Repository not found.; fatal: repository 'https://example.org/a/' not found; Please make sure "
      "you",
      progress.complaint().c_str());
}

TEST(CloneProgress, StrangeBytesDoNoHarm) {
  says("(nothing)", "\x1b[2J\xff evil\a: 10% of\n");
  STRCMP_EQUAL("?[2J\xef\xbf\xbd evil?: 10% of", progress.complaint().c_str());
  says("(nothing)", std::string(100000, 'x').c_str());
  says("(nothing)", "\n");
  CHECK_TRUE(progress.complaint().size() < 600);
  says("(nothing)", ": 10% (\n: % (\n% (: \n");
}
