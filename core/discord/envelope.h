// What a gateway payload is, read off its raw text: the op, the sequence number and the event's name, so that
// events which concern nobody cost no JSON tree.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace coordinator::discord {

struct Envelope {
  int op = -1;
  std::optional<std::int64_t> seq;
  std::string_view type;  // "MESSAGE_CREATE"; empty where `t` is null or missing. Borrows the text.

  bool operator==(const Envelope&) const = default;
};

// In any order of keys, with any blanks, with anything else between them; stops reading when it has all
// three. Absent when the text does not look as Discord's do (an escape in a name, a number that is no small
// integer, a broken string): then the JSON parser must say.
std::optional<Envelope> scan_envelope(std::string_view text);

}  // namespace coordinator::discord
