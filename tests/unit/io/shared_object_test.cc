// Code in memory: sealed copies, and what comes and goes with them.
#include "io/shared_object.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <optional>
#include <string>

#include "io/temporary.h"

#include <CppUTest/TestHarness.h>

using namespace coordinator;
using namespace coordinator::io;

namespace {

using Number = int (*)();

int lines_of_maps(const std::string& needle) {
  std::string maps = TemporaryDirectory::content("/proc/self/maps");
  int count = 0;
  for (std::size_t at = maps.find(needle); at != std::string::npos; at = maps.find(needle, at + 1)) ++count;
  return count;
}

}  // namespace

TEST_GROUP(SharedObject) {
  TemporaryDirectory directory;

  // Compiled here, by the compiler that every reader of this has.
  std::string built(const std::string& source, const std::string& flags = "") {
    TemporaryDirectory::put(directory / "code.cc", source);
    std::string out = directory / "code.so";
    std::string line = "g++ -shared -fPIC " + flags + " -o " + out + " " + (directory / "code.cc");
    LONGS_EQUAL(0, std::system(line.c_str()));
    return TemporaryDirectory::content(out);
  }
  SharedObject opened(const std::string& bytes) {
    auto copy = sealed_copy("code.so", bytes);
    CHECK_TRUE(copy.has_value());
    auto object = SharedObject::open(std::move(*copy), "code.so");
    CHECK_TEXT(object.has_value(), object ? "" : object.error().what.c_str());
    return std::move(*object);
  }
  int number(const SharedObject& object) { return reinterpret_cast<Number>(object.function("number"))(); }
};

TEST(SharedObject, ACopyHoldsTheBytesAndCannotBeChanged) {
  std::string bytes = "bytes and\0a zero";
  auto copy = sealed_copy("x", bytes);
  CHECK_TRUE(copy.has_value());
  STRCMP_EQUAL(bytes.c_str(), content_of(copy->get(), 100)->c_str());
  CHECK_TRUE(pwrite(copy->get(), "x", 1, 0) < 0);
  CHECK_TRUE(ftruncate(copy->get(), 0) < 0);
  STRCMP_EQUAL("it is longer than 3 bytes", content_of(copy->get(), 3).error().what.c_str());
}

TEST(SharedObject, OldAndNewLiveSideBySide) {
  std::string one = built("extern \"C\" int number() { return 1; }");
  std::string two = built("extern \"C\" int number() { return 2; }");
  SharedObject old = opened(one);
  SharedObject young = opened(two);
  LONGS_EQUAL(1, number(old));
  LONGS_EQUAL(2, number(young));
  CHECK_TRUE(lines_of_maps("memfd:coordinator-plugin code.so") > 0);
  CHECK_TRUE(old.close().has_value());
  LONGS_EQUAL(2, number(young));
}

TEST(SharedObject, IsGoneOnceClosedManyTimesOver) {
  std::string one = built("extern \"C\" int number() { static int n = 0; return ++n; }");
  CHECK_TRUE(opened(one).close().has_value());
  int copies = lines_of_maps("coordinator-plugin");  // of the test about what stays
  int before = lines_of_maps("\n"), descriptor = dup(0);
  close(descriptor);
  for (int round = 0; round < 200; ++round) {
    SharedObject object = opened(one);
    LONGS_EQUAL(1, number(object));
    CHECK_TRUE(object.close().has_value());
  }
  LONGS_EQUAL(copies, lines_of_maps("coordinator-plugin"));
  CHECK_TRUE(lines_of_maps("\n") <= before + 5);
  int after = dup(0);
  close(after);
  LONGS_EQUAL(descriptor, after);
}

TEST(SharedObject, WhatStaysMappedIsToldAndItsDescriptorIsNotUsedAgain) {
  std::string stays = built(
      "inline int counted() { static int n = 0; return ++n; } extern \"C\" int number() "
      "{ return counted(); }");
  SharedObject first = opened(stays);
  LONGS_EQUAL(1, number(first));
  auto closed = first.close();
  CHECK_FALSE(closed.has_value());
  STRCMP_CONTAINS("the code of code.so stays in memory", closed.error().what.c_str());
  SharedObject other = opened(built("extern \"C\" int number() { return 7; }"));
  LONGS_EQUAL(7, number(other));
}

TEST(SharedObject, WhatIsMissingIsNamedWithoutOurOwnPaths) {
  std::string bytes = built("extern \"C\" int nowhere(); extern \"C\" int number() { return nowhere(); }");
  auto copy = sealed_copy("code.so", bytes);
  auto object = SharedObject::open(std::move(*copy), "code.so");
  CHECK_FALSE(object.has_value());
  STRCMP_EQUAL("code.so: undefined symbol: nowhere", object.error().what.c_str());
}

TEST(SharedObject, AFunctionThatItHasNotIsNull) {
  SharedObject object = opened(built("extern \"C\" int number() { return 1; }"));
  POINTERS_EQUAL(nullptr, reinterpret_cast<void*>(object.function("numbers")));
}
