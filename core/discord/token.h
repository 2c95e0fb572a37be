// The bot's token: a secret that nothing can print by accident.
#pragma once

#include <string>
#include <utility>

namespace coordinator::discord {

// No formatter, no operator<<, no comparison, no conversion: whoever needs the secret says reveal(), and only
// the Authorization header and the identify and resume payloads do. The bytes are wiped when the last owner
// goes.
class Token {
 public:
  Token() = default;
  explicit Token(std::string secret) : secret_(std::move(secret)) {}
  Token(const Token&) = default;
  Token(Token&& other) noexcept : secret_(std::move(other.secret_)) { other.wipe(); }
  Token& operator=(Token other) noexcept {
    secret_.swap(other.secret_);
    return *this;
  }
  ~Token() { wipe(); }

  const std::string& reveal() const { return secret_; }
  bool empty() const { return secret_.empty(); }

 private:
  // A short string lives inside the object and stays there when it is moved from: so to its full room.
  void wipe() noexcept {
    secret_.resize(secret_.capacity());
    for (volatile char& byte : secret_) byte = 0;
    secret_.clear();
  }

  std::string secret_;
};

}  // namespace coordinator::discord
