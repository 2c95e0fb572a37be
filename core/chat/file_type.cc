#include "chat/file_type.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace coordinator::chat {

namespace {

// https://docs.claude.com/en/docs/build-with-claude/vision: 5 MB for each picture, which travels as base64.
constexpr std::uint64_t kPictureBytes = 3'750'000;
constexpr std::uint32_t kPictureSide = 8000;

struct Magic {
  std::size_t at;
  std::string_view bytes;
  const char* mime;
};

using namespace std::string_view_literals;

// The first that fits counts. https://www.iana.org/assignments/media-types
constexpr std::array kMagic = {
    Magic{0, "\x89PNG\r\n\x1a\n"sv, "image/png"},
    Magic{0, "\xff\xd8\xff"sv, "image/jpeg"},
    Magic{0, "GIF87a"sv, "image/gif"},
    Magic{0, "GIF89a"sv, "image/gif"},
    Magic{8, "WEBP"sv, "image/webp"},
    Magic{8, "WAVE"sv, "audio/wav"},
    Magic{8, "AVI "sv, "video/x-msvideo"},
    Magic{4, "ftypavif"sv, "image/avif"},
    Magic{4, "ftypheic"sv, "image/heic"},
    Magic{4, "ftypqt"sv, "video/quicktime"},
    Magic{4, "ftypM4A"sv, "audio/mp4"},
    Magic{4, "ftyp"sv, "video/mp4"},
    Magic{0, "BM"sv, "image/bmp"},
    Magic{0, "II*\0"sv, "image/tiff"},
    Magic{0, "MM\0*"sv, "image/tiff"},
    Magic{0, "%PDF-"sv, "application/pdf"},
    Magic{0, "PK\x03\x04"sv, "application/zip"},
    Magic{0, "PK\x05\x06"sv, "application/zip"},
    Magic{0, "\x1f\x8b"sv, "application/gzip"},
    Magic{0, "BZh"sv, "application/x-bzip2"},
    Magic{0, "\xfd\x37zXZ\0"sv, "application/x-xz"},
    Magic{0, "\x28\xb5\x2f\xfd"sv, "application/zstd"},
    Magic{0, "7z\xbc\xaf\x27\x1c"sv, "application/x-7z-compressed"},
    Magic{257, "ustar"sv, "application/x-tar"},
    Magic{0,
          "\x7f"
          "ELF"sv,
          "application/x-executable"},
    Magic{0, "SQLite format 3\0"sv, "application/vnd.sqlite3"},
    Magic{0, "\x1a\x45\xdf\xa3"sv, "video/webm"},
    Magic{0, "OggS"sv, "audio/ogg"},
    Magic{0, "ID3"sv, "audio/mpeg"},
    Magic{0, "fLaC"sv, "audio/flac"},
};

bool fits(const Magic& magic, std::string_view bytes) {
  return bytes.size() >= magic.at && bytes.substr(magic.at).starts_with(magic.bytes);
}

// Of two bytes or more; 0 where they are not all there.
std::uint32_t number(std::string_view bytes, std::size_t at, std::size_t size, bool big_end_first) {
  if (at + size > bytes.size()) return 0;
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < size; ++i)
    value = value << 8 | static_cast<unsigned char>(bytes[at + (big_end_first ? i : size - 1 - i)]);
  return value;
}

// The size stands in the first frame header, behind segments of any number.
// https://www.w3.org/Graphics/JPEG/itu-t81.pdf, table B.1
void measure_jpeg(FileType& type, std::string_view bytes) {
  for (std::size_t at = 2; at + 4 <= bytes.size();) {
    auto marker = static_cast<unsigned char>(bytes[at + 1]);
    if (static_cast<unsigned char>(bytes[at]) != 0xff) return;
    if (marker == 0xff) {
      ++at;
      continue;
    }
    bool frame = marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
    if (frame) {
      type.height = number(bytes, at + 5, 2, true);
      type.width = number(bytes, at + 7, 2, true);
      return;
    }
    std::uint32_t length = number(bytes, at + 2, 2, true);
    if (length < 2 || marker == 0xda) return;
    at += 2 + length;
  }
}

// https://developers.google.com/speed/webp/docs/riff_container
void measure_webp(FileType& type, std::string_view bytes) {
  std::string_view chunk = bytes.size() > 16 ? bytes.substr(12, 4) : std::string_view();
  if (chunk == "VP8 ") {
    type.width = number(bytes, 26, 2, false) & 0x3fff;
    type.height = number(bytes, 28, 2, false) & 0x3fff;
  } else if (chunk == "VP8L" && bytes.size() >= 25) {
    std::uint32_t both = number(bytes, 21, 4, false);
    type.width = (both & 0x3fff) + 1;
    type.height = (both >> 14 & 0x3fff) + 1;
  } else if (chunk == "VP8X" && bytes.size() >= 30) {
    type.width = number(bytes, 24, 3, false) + 1;
    type.height = number(bytes, 27, 3, false) + 1;
  }
}

void measure(FileType& type, std::string_view bytes) {
  if (type.mime == "image/png" && bytes.size() > 16 && bytes.substr(12, 4) == "IHDR") {
    type.width = number(bytes, 16, 4, true);
    type.height = number(bytes, 20, 4, true);
  }
  if (type.mime == "image/gif") {
    type.width = number(bytes, 6, 2, false);
    type.height = number(bytes, 8, 2, false);
  }
  if (type.mime == "image/jpeg") measure_jpeg(type, bytes);
  if (type.mime == "image/webp") measure_webp(type, bytes);
}

// Well-formed, but for a code point that was cut at the end.
bool is_text(std::string_view bytes) {
  while (!bytes.empty()) {
    text::CodePoint point = text::first(bytes);
    bool control = point.value < 32 && point.value != '\n' && point.value != '\r' && point.value != '\t' &&
                   point.value != '\f' && point.value != 27;
    if (!point.valid) return bytes.size() < 4;
    if (control || point.value == 127) return false;
    bytes.remove_prefix(point.size);
  }
  return true;
}

}  // namespace

FileType type_of(std::string_view bytes) {
  FileType type;
  const auto* magic = std::ranges::find_if(kMagic, [&](const Magic& each) { return fits(each, bytes); });
  if (magic != kMagic.end()) {
    type.mime = magic->mime;
    measure(type, bytes);
  } else {
    type.mime = is_text(bytes) ? "text/plain; charset=utf-8" : "application/octet-stream";
  }
  return type;
}

bool can_be_looked_at(const FileType& type, std::uint64_t bytes) {
  bool known = type.mime == "image/png" || type.mime == "image/jpeg" || type.mime == "image/gif" ||
               type.mime == "image/webp";
  return known && bytes <= kPictureBytes && std::min(type.width, type.height) > 0 &&
         std::max(type.width, type.height) <= kPictureSide;
}

}  // namespace coordinator::chat
