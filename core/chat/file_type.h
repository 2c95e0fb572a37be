// What a file is, by its first bytes: its name and what others say of it are of no account.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace coordinator::chat {

inline constexpr std::size_t kTypeBytes = 512u << 10;  // that tell: a JPEG's size stands behind its thumbnail

struct FileType {
  std::string mime;  // "application/octet-stream" where nothing is known
  // Of a picture, as its header says; zero where it is none, or the header is broken.
  std::uint32_t width = 0, height = 0;
};

FileType type_of(std::string_view beginning);

// Whether it is a picture that the agent can look at: of a kind that its service takes, whole as far as its
// header tells, and within that service's limits.
bool can_be_looked_at(const FileType& type, std::uint64_t bytes);

}  // namespace coordinator::chat
