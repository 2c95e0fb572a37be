// Open directories: nothing in them leads anywhere else.
#include "io/directory.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "io/temporary.h"

#include <CppUTest/TestHarness.h>

using namespace coordinator;
namespace fs = std::filesystem;

TEST_GROUP(Directory) {
  TemporaryDirectory temporary;
  io::Directory here = io::Directory::open(temporary.path).value();

  void write(const std::string& name, const std::string& content) {
    std::ofstream(temporary / name) << content;
  }
};

TEST(Directory, MakesOneForItsUserAlone) {
  CHECK_FALSE(here.inside("a").value().has_value());
  CHECK_TRUE(here.make("a").has_value());
  CHECK_TRUE(here.make("a").has_value());
  CHECK_TRUE(here.inside("a").value().has_value());
  CHECK((fs::status(temporary / "a").permissions() & fs::perms::others_all) == fs::perms::none);
}

TEST(Directory, RefusesLinksAndFilesInItsPlace) {
  fs::create_directory(temporary / "real");
  fs::create_directory_symlink(temporary / "real", temporary / "link");
  write("file", "");
  for (const char* name : {"link", "file"}) {
    CHECK_FALSE(here.inside(name).has_value());
    CHECK_FALSE(here.make(name).has_value());
  }
  STRCMP_CONTAINS("symbolic link", here.make("link").error().what.c_str());
}

TEST(Directory, TakesBareNamesOnly) {
  for (const std::string& name :
       {std::string(""), std::string("."), std::string(".."), std::string("a/b"), std::string("a\0b", 3)}) {
    CHECK_FALSE(here.make(name).has_value());
    CHECK_FALSE(here.create(name).has_value());
    CHECK_FALSE(here.read(name, 10).has_value());
    CHECK_FALSE(here.remove(name).has_value());
  }
}

TEST(Directory, ReadsPlainFilesThatHaveOneName) {
  write("plain", "0123456789");
  STRCMP_EQUAL("01234", here.read("plain", 5).value().c_str());
  write("twice", "x");
  fs::create_hard_link(temporary / "twice", temporary / "again");
  fs::create_symlink(temporary / "plain", temporary / "link");
  ::mkfifo((temporary / "fifo").c_str(), 0600);
  for (const char* name : {"twice", "link", "fifo", "none"}) CHECK_FALSE(here.read(name, 5).has_value());
}

TEST(Directory, ListsWhatIsThereByName) {
  write("b", "12");
  fs::create_directory(temporary / "a");
  fs::create_symlink("b", temporary / "c");
  auto entries = here.list(10).value();
  LONGS_EQUAL(3, entries.size());
  CHECK(entries[0].kind == io::Directory::Entry::Kind::directory);
  STRCMP_EQUAL("b", entries[1].name.c_str());
  LONGS_EQUAL(2, entries[1].bytes);
  CHECK(entries[2].kind == io::Directory::Entry::Kind::other);
  LONGS_EQUAL(2, here.list(2).value().size());
}

TEST(Directory, CreatesNoFileOverAnother) {
  CHECK_TRUE(here.create("a").has_value());
  CHECK_FALSE(here.create("a").has_value());
  fs::create_symlink(temporary / "elsewhere", temporary / "link");
  CHECK_FALSE(here.create("link").has_value());
  CHECK_FALSE(fs::exists(temporary / "elsewhere"));
}

TEST(Directory, MovesAndRemovesWithoutFollowing) {
  auto other = here.make("other").value();
  fs::create_symlink("/etc/passwd", temporary / "link");
  CHECK_TRUE(here.move("link", other).has_value());
  CHECK_TRUE(fs::is_symlink(temporary / "other/link"));
  CHECK_TRUE(here.remove("other").has_value());
  CHECK_TRUE(here.remove("other").has_value());
  CHECK_FALSE(fs::exists(temporary / "other"));
  CHECK_TRUE(fs::exists("/etc/passwd"));
}
