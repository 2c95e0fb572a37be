#include "app/clone_progress.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace coordinator::app {

namespace {

constexpr std::size_t kLongestLine = 4096;
constexpr std::size_t kMostComplaints = 3;  // behind them git explains what may be the matter in general

// Of "Receiving objects:  45% (450/1000), 1.20 MiB | 2.00 MiB/s" the phase, the share and the size.
std::optional<std::string> progress_of(std::string_view line) {
  if (line.starts_with("remote: ")) line.remove_prefix(8);
  std::size_t colon = line.find(": "), percent = line.find("% (");
  if (colon == 0 || colon == std::string_view::npos || percent == std::string_view::npos || percent < colon)
    return std::nullopt;
  std::string_view share = text::trimmed(line.substr(colon + 1, percent - colon - 1));
  if (share.empty() || share.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
  std::string words = fmt::format("{}: {}%", line.substr(0, colon), share);
  std::size_t size = line.find("), "), rate = line.find(" | ");
  if (size < rate && rate != std::string_view::npos)
    words += fmt::format(" ({})", line.substr(size + 3, rate - size - 3));
  return words;
}

bool tells_nothing(std::string_view line) {
  for (std::string_view begin : {"Cloning into ", "remote: Enumerating ", "remote: Total ",
                                 "remote: Counting ", "remote: Compressing ", "warning: "})
    if (line.starts_with(begin)) return true;
  return text::trimmed(line).empty();
}

std::string without_users(std::string line) {
  for (std::size_t at = 0; (at = line.find("://", at)) != std::string::npos;) {
    at += 3;
    std::size_t end = std::min(line.find_first_of("/ '\"", at), line.size());
    std::size_t sign = line.rfind('@', end);
    if (sign != std::string::npos && sign >= at) line.erase(at, sign + 1 - at);
  }
  return line;
}

}  // namespace

std::optional<std::string> CloneProgress::hear(std::string_view bytes, Instant now) {
  for (char c : bytes) {
    if (c == '\r' || c == '\n')
      line_ended();
    else if (line_.size() < kLongestLine)
      line_ += c;
  }
  if (words_ == said_words_ || (said_ && now - *said_ < kInterval)) return std::nullopt;
  said_ = now;
  return said_words_ = words_;
}

void CloneProgress::line_ended() {
  std::string line = text::valid_utf8(std::exchange(line_, {}));
  std::replace_if(
      line.begin(), line.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; },
      '?');
  if (auto words = progress_of(line))
    words_ = text::ellipsized(*words, 100);
  else if (!tells_nothing(line) && complaints_.size() < kMostComplaints)
    complaints_.push_back(without_users(std::move(line)));
}

std::string CloneProgress::complaint() const {
  return text::ellipsized(fmt::format("{}", fmt::join(complaints_, "; ")), 500);
}

}  // namespace coordinator::app
