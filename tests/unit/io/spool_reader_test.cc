// Lines out of a growing file.
#include "io/spool_reader.h"

#include <fstream>
#include <string>

#include "io/temporary.h"

#include <CppUTest/TestHarness.h>

using namespace coordinator;
using namespace coordinator::io;

namespace {

struct Heard {
  std::string lines;
  LineSplitter splitter;

  explicit Heard(std::size_t cap)
      : splitter(cap, {[this](std::string_view line) { lines += "<" + std::string(line) + ">"; },
                       [this] { lines += "<too long>"; }}) {}
};

}  // namespace

TEST_GROUP(LineSplitter){};

TEST(LineSplitter, CutsWhereverTheBytesCome) {
  std::string text = "one\n\ntwo\r\nthree\n";
  for (std::size_t piece = 1; piece <= text.size(); ++piece) {
    Heard heard(100);
    for (std::size_t at = 0; at < text.size(); at += piece) heard.splitter.take(text.substr(at, piece));
    STRCMP_EQUAL("<one><><two\r><three>", heard.lines.c_str());
  }
}

TEST(LineSplitter, KeepsWhatHasNoEndYet) {
  Heard heard(100);
  heard.splitter.take("begun");
  STRCMP_EQUAL("", heard.lines.c_str());
  heard.splitter.finish();
  STRCMP_EQUAL("<begun>", heard.lines.c_str());
  heard.splitter.finish();
  STRCMP_EQUAL("<begun>", heard.lines.c_str());
}

TEST(LineSplitter, TakesALineOfExactlyItsCap) {
  Heard heard(5);
  heard.splitter.take("12345\n");
  heard.splitter.take("123");
  heard.splitter.take("45\n");
  STRCMP_EQUAL("<12345><12345>", heard.lines.c_str());
}

TEST(LineSplitter, TellsALineThatIsTooLongOnceAndHoldsNoneOfIt) {
  Heard heard(5);
  heard.splitter.take("123456\nok\n12");
  STRCMP_EQUAL("<too long><ok>", heard.lines.c_str());
  for (int i = 0; i < 1000; ++i) heard.splitter.take("xxxxxxxx");
  STRCMP_EQUAL("<too long><ok><too long>", heard.lines.c_str());
  LONGS_EQUAL(0, heard.splitter.held());
  heard.splitter.take("end\nfine\n");
  STRCMP_EQUAL("<too long><ok><too long><fine>", heard.lines.c_str());
  heard.splitter.finish();
  STRCMP_EQUAL("<too long><ok><too long><fine>", heard.lines.c_str());
}

TEST_GROUP(SpoolReader) { TemporaryDirectory directory; };

TEST(SpoolReader, FollowsAFileThatGrows) {
  std::ofstream file(directory / "spool");
  file << "one\ntw" << std::flush;
  auto reader = SpoolReader::open(directory / "spool");
  CHECK_TRUE(reader.has_value());
  Heard heard(100);
  CHECK_FALSE(*reader->read(1000, heard.splitter));
  file << "o\nthree\n" << std::flush;
  CHECK_FALSE(*reader->read(1000, heard.splitter));
  STRCMP_EQUAL("<one><two><three>", heard.lines.c_str());
  LONGS_EQUAL(14, reader->offset());
}

TEST(SpoolReader, ReadsNoMoreThanItsBudgetAtATime) {
  TemporaryDirectory::put(directory / "spool", std::string(1000, '\n'));
  auto reader = SpoolReader::open(directory / "spool");
  Heard heard(100);
  CHECK_TRUE(*reader->read(400, heard.splitter));
  LONGS_EQUAL(400, reader->offset());
  CHECK_TRUE(*reader->read(400, heard.splitter));
  CHECK_FALSE(*reader->read(400, heard.splitter));
  LONGS_EQUAL(1000, reader->offset());
}

TEST(SpoolReader, SaysThatThereIsNone) {
  auto reader = SpoolReader::open(directory / "none");
  CHECK_FALSE(reader.has_value());
  STRCMP_CONTAINS("No such file or directory", reader.error().what.c_str());
}
