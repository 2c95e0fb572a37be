// The envelope's scanner held against the JSON parser, on payloads as they come and on thousands that were
// made up.
#include "discord/envelope.h"

#include <algorithm>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/random.h"

#include <CppUTest/TestHarness.h>

using namespace coordinator;
using namespace coordinator::discord;

namespace {

// What the parser says of the same text.
Envelope parsed(const Json& json) {
  Envelope envelope;
  envelope.op = static_cast<int>(json["op"].integer().value_or(-1));
  envelope.seq = json["s"].integer();
  envelope.type = json["t"].text().value_or("");
  return envelope;
}

// Random JSON that likes what could confuse a scanner: brackets, quotes and the three names inside strings
// and deeper down.
struct Maker {
  Random& random;

  std::string blank() { return std::vector<std::string>{"", "", " ", "\n\t", "  "}[random.below(5)]; }

  std::string string() {
    static const std::vector<std::string> kPieces = {
        "op", "t", "s",    "d",    "{",   "}",       "[", "]",
        ":",  ",", "\\\"", "\\\\", "\\n", "\\u00e9", "é", "\xF0\x9F\x94\xA5",
        "\"", "7"};
    std::string out = "\"";
    for (std::uint64_t i = random.below(6); i > 0; --i) {
      const std::string& piece = kPieces[random.below(kPieces.size())];
      out += piece == "\"" ? "\\\"" : piece;
    }
    return out + "\"";
  }

  std::string value(int depth) {
    switch (random.below(depth > 3 ? 4 : 6)) {
      case 0:
        return string();
      case 1:
        return std::to_string(random.below(100'000));
      case 2:
        return std::vector<std::string>{"null", "true", "false", "-1.5e3"}[random.below(4)];
      case 3:
        return "\"op\"";
      case 4:
        return list('[', ']', [&] { return value(depth + 1); });
      default:
        return list('{', '}', [&] { return key() + blank() + ":" + blank() + value(depth + 1); });
    }
  }

  std::string key() {
    return random.below(2) ? string() : std::vector<std::string>{"\"op\"", "\"t\"", "\"s\""}[random.below(3)];
  }

  template <class Item>
  std::string list(char open, char close, Item item) {
    std::string out(1, open);
    for (std::uint64_t i = 0, count = random.below(4); i < count; ++i)
      out += (i ? "," : "") + blank() + item() + blank();
    return out + close;
  }

  std::string payload() {
    std::vector<std::string> members = {
        "\"op\":" + blank() + std::to_string(random.below(12)),
        "\"s\":" + (random.below(4) ? std::to_string(random.below(1'000'000'000)) : "null"),
        "\"t\"" + blank() + ":" +
            (random.below(4)   ? "\"MESSAGE_CREATE\""
             : random.below(2) ? "null"
                               : string()),
        "\"d\":" + value(0)};
    if (random.below(3) == 0) members.push_back(string() + ":" + value(0));
    if (random.below(5) == 0) members.erase(members.begin() + static_cast<std::ptrdiff_t>(random.below(3)));
    for (std::size_t i = members.size(); i > 1; --i) std::swap(members[i - 1], members[random.below(i)]);
    std::string out = blank() + "{";
    for (std::size_t i = 0; i < members.size(); ++i) out += (i ? "," : "") + blank() + members[i] + blank();
    return out + "}";
  }
};

}  // namespace

TEST_GROUP(Envelope){};

TEST(Envelope, is_read_off_what_Discord_sends) {
  auto dispatch =
      scan_envelope(R"({"t":"MESSAGE_CREATE","s":42,"op":0,"d":{"op":7,"t":"NO","content":"}\"{"}})");
  CHECK((dispatch == Envelope{0, 42, "MESSAGE_CREATE"}));
  CHECK((scan_envelope(R"({"t":null,"s":null,"op":11,"d":null})") == Envelope{11, std::nullopt, ""}));
  CHECK((scan_envelope(R"({"op":10,"d":{"heartbeat_interval":41250}})") == Envelope{10, std::nullopt, ""}));
}

TEST(Envelope, is_read_behind_its_data_too) {
  CHECK((scan_envelope(R"({"d":[{"op":3},"]\\\"}"],"op":0,"s":1,"t":"X"})") == Envelope{0, 1, "X"}));
}

TEST(Envelope, is_left_to_the_parser_when_in_doubt) {
  for (const char* text :
       {"", "[]", "null", "{", "{}", R"({"op":"0","s":1,"t":"X"})", R"({"op":0.5,"s":1,"t":"X"})",
        R"({"op":-1,"s":1,"t":"X"})", R"({"op":0,"s":1,"t":"X\u0041"})", R"({"\u006fp":0,"s":1,"t":"X"})",
        R"({"op":0,"s":1e3,"t":"X"})", R"({"op":0,"s":1,"t":7})", R"({"op":0 "s":1})",
        R"({"op":01,"s":1,"t":"X"})", R"({"op":0,"s":99999999999999999999,"t":"X"})"})
    CHECK_TEXT(!scan_envelope(text), text);
}

TEST(Envelope, never_differs_from_the_parser) {
  Random random(20'261'122);
  Maker maker{random};
  int certain = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string text = maker.payload();
    auto json = Json::parse(text);
    CHECK_TEXT(json.has_value(), text.c_str());
    auto scanned = scan_envelope(text);
    if (!scanned) continue;
    ++certain;
    CHECK_TEXT(*scanned == parsed(*json), text.c_str());
  }
  CHECK_TEXT(certain > 10'000, "the scanner gives up too often to be worth having");
}

TEST(Envelope, of_a_cut_payload_is_that_of_the_whole_or_none) {
  Random random(5);
  Maker maker{random};
  for (int i = 0; i < 5'000; ++i) {
    std::string whole = maker.payload();
    std::string cut = whole.substr(0, random.below(whole.size()));
    cut.shrink_to_fit();  // so that AddressSanitizer sees a step too far
    if (auto scanned = scan_envelope(cut)) CHECK_TEXT(scanned == scan_envelope(whole), whole.c_str());
  }
}
