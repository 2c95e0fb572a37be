// What an agent wants to give people at the end of its turn: which of it goes along with the answer, and what
// is said of the rest.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "chat/answer.h"

namespace coordinator::chat {

// Why something does not go along.
enum class LeftBehind { too_large, too_many, no_file, unreadable };

struct Parcel {
  struct Left {
    std::string name;  // as the agent has called it
    LeftBehind why = LeftBehind::no_file;
    std::uint64_t bytes = 0;
  };
  std::vector<render::File> files;  // as many and as large as one message can carry
  std::vector<Left> left;

  bool empty() const { return files.empty() && left.empty(); }
};

// Something in the outbox.
struct Found {
  std::string name;
  bool plain = true;  // a regular file, and of that name only
  std::uint64_t bytes = 0;
};

// Which of these, which come by name, go along; what does not is entered in `left`.
std::vector<std::string> packed(const std::vector<Found>& found, std::vector<Parcel::Left>& left);

// Where a turn's files are kept for a while; relative to the project's directory.
std::string sent_directory(const std::string& turn_id);
// Puts it into an answer of that turn: the files go with its last message, where that carries none.
void add_parcel(Answer& answer, Parcel parcel, const std::string& turn_id);
// For the channel: what does not go along, why, and where it is; empty where all does.
std::string left_behind(const Parcel& parcel, const std::string& turn_id);

}  // namespace coordinator::chat
