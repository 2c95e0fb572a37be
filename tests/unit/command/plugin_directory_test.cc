// What may be loaded from where.
#include "command/plugin_directory.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "io/temporary.h"

#include <CppUTest/TestHarness.h>

using namespace coordinator;
using namespace coordinator::command;
namespace fs = std::filesystem;

namespace {

constexpr uid_t kUs = 1000;

io::FileLook look(mode_t mode, uid_t owner = kUs, off_t size = 100) {
  io::FileLook out;
  out.mode = mode;
  out.owner = owner;
  out.size = size;
  return out;
}

}  // namespace

TEST_GROUP(PluginDirectory) { TemporaryDirectory directory; };

TEST(PluginDirectory, BelongsToUsOrToRootAndNobodyElseMayWriteToIt) {
  auto wrong = [](mode_t mode, uid_t owner = kUs) {
    return wrong_with_directory("/plugins", look(S_IFDIR | mode, owner), kUs);
  };
  STRCMP_EQUAL("", wrong(0755).c_str());
  STRCMP_EQUAL("", wrong(0755, 0).c_str());
  STRCMP_EQUAL("/plugins belongs to user 1001, who could run any code in this daemon: chown 1000 /plugins",
               wrong(0755, 1001).c_str());
  STRCMP_EQUAL("its group may write to /plugins, and so run any code in this daemon: chmod g-w /plugins",
               wrong(0775).c_str());
  STRCMP_EQUAL("everybody may write to /plugins, and so run any code in this daemon: chmod o-w /plugins",
               wrong(01757).c_str());
  STRCMP_EQUAL(
      "its group and everybody else may write to /plugins, and so run any code in this daemon: chmod "
      "go-w /plugins",
      wrong(0777).c_str());
  STRCMP_CONTAINS("is not a directory", wrong_with_directory("/plugins", look(S_IFREG | 0644), kUs).c_str());
}

TEST(PluginDirectory, AFileIsJudgedInTheSameWay) {
  auto wrong = [](mode_t mode, uid_t owner = kUs, off_t size = 100) {
    return wrong_with_file("/plugins/a.so", look(mode, owner, size), kUs);
  };
  STRCMP_EQUAL("", wrong(S_IFREG | 0644).c_str());
  STRCMP_EQUAL("", wrong(S_IFREG | 0644, 0).c_str());
  STRCMP_CONTAINS("chown 1000 /plugins/a.so", wrong(S_IFREG | 0644, 5).c_str());
  STRCMP_CONTAINS("chmod g-w /plugins/a.so", wrong(S_IFREG | 0664).c_str());
  STRCMP_CONTAINS("it is a directory", wrong(S_IFDIR | 0755).c_str());
  STRCMP_CONTAINS("it is not a regular file", wrong(S_IFIFO | 0644).c_str());
  STRCMP_EQUAL("", wrong(S_IFREG | 0644, kUs, 64 << 20).c_str());
  STRCMP_EQUAL("it has 67108865 bytes; a plugin may have 67108864",
               wrong(S_IFREG | 0644, kUs, (64 << 20) + 1).c_str());
}

TEST(PluginDirectory, OfMoreThan200FilesTheFirstByNameAreTaken) {
  for (int number = 100; number < 320; ++number)
    TemporaryDirectory::put(directory / fmt::format("p{}.so", number), "");
  auto sight = look_into(directory.path, ::geteuid());
  LONGS_EQUAL(220, sight.files.size());
  STRCMP_EQUAL("", sight.files[199].problem.c_str());
  STRCMP_EQUAL(
      ("there are 220 plugins in " + directory.path + "; the first 200 by name are loaded: remove some")
          .c_str(),
      sight.files[200].problem.c_str());
}

TEST(PluginDirectory, OneThatIsNotThereIsEmpty) {
  auto sight = look_into(directory / "none", ::geteuid());
  STRCMP_EQUAL("", sight.problem.c_str());
  LONGS_EQUAL(0, sight.files.size());
}

TEST(PluginDirectory, AFileThatChangedSinceItWasLookedAtIsNotRead) {
  std::string path = directory / "a.so";
  TemporaryDirectory::put(path, "one");
  auto before = *io::look_at(path);
  CHECK_FALSE(read_plugin(path, before).changed);
  TemporaryDirectory::put(path, "other");
  CHECK_TRUE(read_plugin(path, before).changed);
  fs::remove(path);
  CHECK_TRUE(read_plugin(path, before).changed);
}

TEST(PluginDirectory, ContentsAreToldApart) {
  STRCMP_EQUAL("cbf29ce484222325", content_hash("").c_str());
  STRCMP_EQUAL("af63dc4c8601ec8c", content_hash("a").c_str());
  STRCMP_EQUAL("85944171f73967e8", content_hash("foobar").c_str());
}
