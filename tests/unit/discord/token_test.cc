// The token: kept, moved, wiped.
#include "discord/token.h"

#include <fmt/format.h>

#include <cstring>
#include <memory>
#include <ostream>
#include <string>
#include <type_traits>

#include <CppUTest/TestHarness.h>

using coordinator::discord::Token;

namespace {

template <class T>
concept Streamable = requires(std::ostream& out, const T& value) {
  out << value;
};

}  // namespace

TEST_GROUP(Token){};

TEST(Token, is_revealed_only_when_asked) {
  Token token("secret"), copy(token), moved(std::move(token));
  STRCMP_EQUAL("secret", copy.reveal().c_str());
  STRCMP_EQUAL("secret", moved.reveal().c_str());
  copy = Token("other");
  STRCMP_EQUAL("other", copy.reveal().c_str());
  CHECK(!fmt::is_formattable<Token>::value);
  CHECK(!Streamable<Token>);
  CHECK((!std::is_convertible_v<Token, std::string>));
}

TEST(Token, leaves_no_short_secret_behind) {
  alignas(Token) unsigned char room[sizeof(Token)];
  auto* token = std::construct_at(reinterpret_cast<Token*>(room), "hunter2");
  Token moved(std::move(*token));
  CHECK(memmem(room, sizeof room, "hunter2", 7) == nullptr);
  STRCMP_EQUAL("hunter2", moved.reveal().c_str());
  std::destroy_at(token);
}
