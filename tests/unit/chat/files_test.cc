// What is pure about files: their names, their types, which are fetched and which go along, and what is said.
#include <string>
#include <vector>

#include "chat/attachments.h"
#include "chat/file_name.h"
#include "chat/file_type.h"
#include "chat/parcel.h"

// CppUTest's macros come last.
#include <CppUTest/TestHarness.h>

using namespace coordinator;
using namespace coordinator::chat;
using namespace std::string_literals;

namespace {

std::string names(const std::vector<std::string>& list) {
  std::string all;
  for (const std::string& name : list) all += (all.empty() ? "" : " ") + name;
  return all;
}

// As far as its size is told.
std::string png(std::uint32_t width, std::uint32_t height) {
  std::string bytes = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR"s;
  for (std::uint32_t side : {width, height})
    for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(side >> shift & 255);
  return bytes;
}

}  // namespace

TEST_GROUP(FileName){};

TEST(FileName, KeepsWhatIsHarmless) {
  for (const char* name : {"cat.png", "año 2024 (v2).tar.gz", "日本語.txt", "README"})
    STRCMP_EQUAL(name, safe_name(name).c_str());
}

TEST(FileName, HasNoPathAndNothingHiddenInIt) {
  STRCMP_EQUAL("passwd", safe_name("../../etc/passwd").c_str());
  STRCMP_EQUAL("evil.exe", safe_name("C:\\temp\\evil.exe").c_str());
  STRCMP_EQUAL("bashrc", safe_name("..bashrc").c_str());
  STRCMP_EQUAL("rf", safe_name("-rf").c_str());
  for (const char* name : {"", ".", "..", "...", "/", "a/", "\n", " . "})
    STRCMP_EQUAL("file", safe_name(name).c_str());
}

TEST(FileName, HasNothingThatASentenceOrAShellReadsOtherwise) {
  STRCMP_EQUAL("a_b_c_d.txt", safe_name("a`b\"c$d.txt").c_str());
  STRCMP_EQUAL("ab.txt", safe_name("a\x1b"
                                   "b\u202e.txt")
                             .c_str());
  STRCMP_EQUAL(
      "a\xef\xbf\xbd"
      "b",
      safe_name("a\xff"
                "b")
          .c_str());
  STRCMP_EQUAL("two lines", safe_name("two\nlines").c_str());
}

TEST(FileName, StaysShortAndKeepsItsEnding) {
  std::string name = safe_name(std::string(300, 'x') + ".png");
  LONGS_EQUAL(100, name.size());
  CHECK(name.ends_with("x.png"));
  std::string wide;
  for (int i = 0; i < 100; ++i) wide += "語";
  CHECK(safe_name(wide + ".md").size() <= 100);
  STRCMP_EQUAL(safe_name(wide + ".md").c_str(), safe_name(safe_name(wide + ".md")).c_str());
}

TEST(FileName, IsFreeWhateverItsCase) {
  STRCMP_EQUAL("a.png", free_name("a.png", {"b.png"}).c_str());
  STRCMP_EQUAL("a-2.png", free_name("a.png", {"A.PNG"}).c_str());
  STRCMP_EQUAL("a-3.png", free_name("a.png", {"a.png", "a-2.png"}).c_str());
  STRCMP_EQUAL("README-2", free_name("README", {"README"}).c_str());
}

TEST_GROUP(FileType){};

TEST(FileType, IsToldByTheBytes) {
  STRCMP_EQUAL("image/png", type_of(png(1, 1)).mime.c_str());
  STRCMP_EQUAL("image/jpeg", type_of("\xff\xd8\xff\xe0").mime.c_str());
  STRCMP_EQUAL("image/gif", type_of("GIF89a\1\0\1\0"s).mime.c_str());
  STRCMP_EQUAL("image/webp", type_of("RIFF\0\0\0\0WEBPVP8 "s).mime.c_str());
  STRCMP_EQUAL("application/pdf", type_of("%PDF-1.7").mime.c_str());
  STRCMP_EQUAL("application/zip", type_of("PK\x03\x04").mime.c_str());
  STRCMP_EQUAL("text/plain; charset=utf-8", type_of("naïve\n").mime.c_str());
  STRCMP_EQUAL("text/plain; charset=utf-8", type_of("").mime.c_str());
  STRCMP_EQUAL("application/octet-stream", type_of("a\0b"s).mime.c_str());
  STRCMP_EQUAL("application/octet-stream", type_of("\xff\xfe\x80\x80\x80").mime.c_str());
}

TEST(FileType, OfATextThatWasCutInALetterIsText) {
  STRCMP_EQUAL("text/plain; charset=utf-8", type_of("caf\xc3").mime.c_str());
}

TEST(FileType, ASizeIsReadFromTheHeader) {
  FileType type = type_of(png(640, 480));
  LONGS_EQUAL(640, type.width);
  LONGS_EQUAL(480, type.height);
  std::string jpeg = "\xff\xd8\xff\xe0\0\4ab\xff\xc0\0\x11\x08\1\0\2\0\3"s;
  LONGS_EQUAL(512, type_of(jpeg).width);
  LONGS_EQUAL(256, type_of(jpeg).height);
  LONGS_EQUAL(0, type_of("\xff\xd8\xff\xe0\0\0"s).width);
  LONGS_EQUAL(3, type_of("GIF89a\3\0\1\0"s).width);
}

TEST(FileType, OnlyAWholePictureOfAFairSizeIsLookedAt) {
  CHECK_TRUE(can_be_looked_at(type_of(png(8000, 1)), 1000));
  CHECK_FALSE(can_be_looked_at(type_of(png(8001, 1)), 1000));
  CHECK_FALSE(can_be_looked_at(type_of(png(0, 0)), 1000));
  CHECK_FALSE(can_be_looked_at(type_of("\x89PNG\r\n\x1a\n"), 8));
  CHECK_FALSE(can_be_looked_at(type_of(png(10, 10)), 5'000'000));
  CHECK_FALSE(can_be_looked_at(type_of("%PDF-1.7"), 10));
}

TEST_GROUP(Attachments) {
  ChatLimits limits;
  discord::Message message;
  store::Inbox mention;

  void setup() override {
    limits.attachments = 2;
    limits.attachment_bytes = 1000;
    mention.message = MessageId{5};
  }
  void attach(const std::string& name, std::uint64_t size) {
    message.attachments.push_back({"1", name, "", "https://cdn/" + name, size});
  }
  store::Attachment& there(const std::string& name, const std::string& type, bool picture = false) {
    mention.attachments.push_back(
        {name, "https://cdn/x", 10, false, store::AttachmentState::there, type, picture});
    return mention.attachments.back();
  }
};

TEST(Attachments, BeyondTheLimitsAreEnteredAndNotFetched) {
  attach("a", 10);
  attach("b", 1001);
  attach("c", 10);
  auto list = attachments_of(message, limits);
  LONGS_EQUAL(3, list.size());
  CHECK(list[0].state == store::AttachmentState::wanted);
  CHECK(list[1].state == store::AttachmentState::too_large);
  CHECK(list[2].state == store::AttachmentState::too_many);
  CHECK_TRUE(want_again(list));
  CHECK(list[1].state == store::AttachmentState::too_large);
}

TEST(Attachments, OfAFloodFewAreNamed) {
  for (int i = 0; i < 100; ++i) attach("a", 1);
  LONGS_EQUAL(12, attachments_of(message, limits).size());
}

TEST(Attachments, OfTheMessageThatIsRepliedToComeBehind) {
  attach("a", 1);
  message.referenced = discord::ReferencedMessage{MessageId{4}, {}, "", {{"2", "A", "", "https://cdn/A", 1}}};
  auto list = attachments_of(message, limits);
  LONGS_EQUAL(2, list.size());
  STRCMP_EQUAL("A-2", list[1].name.c_str());
  CHECK_TRUE(list[1].quoted);
}

TEST(Attachments, AreNamedToTheAgentWithWhatIsMissing) {
  there("a.png", "image/png", true);
  there("b.txt", "text/plain").state = store::AttachmentState::gone;
  STRCMP_EQUAL(
      "Attached files:\n"
      "- .coordinator/inbox/5/a.png (image/png, 10 bytes, shown to you as well)\n"
      "- b.txt is not here: Discord has it no more, or its link has expired; attach it again",
      attached(mention, limits).c_str());
  STRCMP_EQUAL("-# - `b.txt`: Discord has it no more, or its link has expired; attach it again\n",
               not_attached(mention, limits).c_str());
}

TEST(Attachments, AFewPicturesAreShown) {
  for (int i = 0; i < 6; ++i) there("a" + std::to_string(i), "image/png", i != 1);
  auto pictures = pictures_of(mention);
  LONGS_EQUAL(4, pictures.size());
  STRCMP_EQUAL("a2", pictures[1].path.back().c_str());
}

TEST_GROUP(Parcel) { std::vector<chat::Parcel::Left> left; };

TEST(Parcel, CarriesWhatDiscordTakes) {
  constexpr std::uint64_t kMiB = 1u << 20;
  std::vector<Found> found = {{"a", true, 10 * kMiB}, {"b", true, 10 * kMiB + 1}, {"c", false, 1},
                              {"d", true, 10 * kMiB}, {"e", true, 6 * kMiB},      {"f", true, 1}};
  STRCMP_EQUAL("a d f", names(packed(found, left)).c_str());
  LONGS_EQUAL(3, left.size());
  CHECK(left[0].why == LeftBehind::too_large);
  CHECK(left[1].why == LeftBehind::no_file);
  CHECK(left[2].why == LeftBehind::too_many);
}

TEST(Parcel, CarriesTenAtTheMost) {
  LONGS_EQUAL(10, packed(std::vector<Found>(12, Found{"x", true, 1}), left).size());
  LONGS_EQUAL(2, left.size());
}

TEST(Parcel, GoesWithTheLastMessageThatCarriesNone) {
  chat::Parcel parcel;
  parcel.files = {{"a.bin", "1", {}, "text/plain"}};
  Answer answer = plain_answer({"one", "two"});
  add_parcel(answer, parcel, "t");
  LONGS_EQUAL(2, answer.messages.size());
  STRCMP_EQUAL("a.bin", answer.messages[1].files.at(0).name.c_str());
  add_parcel(answer, parcel, "t");
  LONGS_EQUAL(3, answer.messages.size());
  STRCMP_EQUAL("-# The agent's files:", answer.messages[2].content.c_str());
}

TEST(Parcel, WhatDoesNotFitIsNamedWithWhereItIs) {
  chat::Parcel parcel;
  parcel.left = {{"big.zip", LeftBehind::too_large, 20u << 20}};
  STRCMP_EQUAL(
      "-# Not all files of the agent could be attached; for a week they are in `.coordinator/sent/t`:\n"
      "-# - `big.zip`: it has 20 MiB, and Discord takes 10 MiB a file",
      left_behind(parcel, "t").c_str());
}
