// An author of random Markdown, for tests of what holds for any text.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/random.h"

namespace coordinator::render {

// Writes random Markdown: fences in fences, lists and quotes, wide text, clusters, long words, both line
// ends.
class Author {
 public:
  explicit Author(Random& random) : random_(random) {}

  std::string write(std::size_t size) {
    end_ = random_.below(4) == 0 ? "\r\n" : "\n";
    std::string out;
    while (out.size() < size) {
      out += block();
      for (std::uint64_t i = random_.below(3); i > 0; --i) out += end_;
      if (random_.below(60) == 0)
        for (std::uint64_t i = random_.below(400); i > 0; --i) out += end_;
    }
    if (random_.below(3) == 0) out = end_ + "  " + out;
    return out;
  }

 private:
  std::string block() {
    switch (random_.below(10)) {
      case 0:
        return std::string(1 + random_.below(6), '#') + " " + words(4) + end_;
      case 1:
        return list();
      case 2:
        return quoted(lines(4));
      case 3:
        return fence("", 3);
      case 4:
        return quoted(fence("", 3));
      case 5:
        return "1. " + words(3) + end_ + indented(fence("", 3));
      case 6:
        return fence(fence("", 3), 4 + random_.below(3));
      case 7:
        return "- " + fence("", 3);
      default:
        return lines(5);
    }
  }

  std::string list() {
    std::string out;
    for (std::uint64_t i = 1 + random_.below(6); i > 0; --i)
      out += std::string(2 * random_.below(3), ' ') + (random_.below(2) ? "- " : "12. ") + words(8) + end_;
    return out;
  }

  std::string fence(const std::string& inner, std::size_t length) {
    static constexpr const char* languages[] = {"", "cpp", "python", "c++", "js title=x", " sh", "日本"};
    std::string mark(length, random_.below(3) == 0 ? '~' : '`');
    std::string out = mark + languages[random_.below(7)] + end_ + inner;
    for (std::uint64_t i = random_.below(12); i > 0; --i) {
      if (random_.below(4) == 0) out += end_;
      out += std::string(2 * random_.below(4), ' ') + words(10) + end_;
    }
    if (random_.below(30) == 0) return out;  // never closed
    return out + mark + (random_.below(8) == 0 ? mark[0] + std::string("  ") : "") + end_;
  }

  std::string quoted(const std::string& inner) { return led("> ", inner); }
  std::string indented(const std::string& inner) { return led("   ", inner); }
  std::string led(const std::string& by, const std::string& inner) {
    std::string out;
    for (std::size_t at = 0; at < inner.size();) {
      std::size_t next = std::min(inner.find('\n', at), inner.size() - 1) + 1;
      out += by + inner.substr(at, next - at);
      at = next;
    }
    return out;
  }

  std::string lines(std::uint64_t most) {
    std::string out;
    for (std::uint64_t i = 1 + random_.below(most); i > 0; --i) out += words(20) + end_;
    return out;
  }

  std::string words(std::uint64_t most) {
    std::string out;
    for (std::uint64_t i = 1 + random_.below(most); i > 0; --i) out += word() + (i > 1 ? " " : "");
    return out;
  }

  std::string word() {
    static constexpr const char* words[] = {"the",
                                            "a",
                                            "channel.",
                                            "Queue!",
                                            "`code`",
                                            "**bold**",
                                            "https://example.org/a/b?c=d",
                                            "turns,",
                                            "日本語。",
                                            "漢字",
                                            "한국어",
                                            "ไทย",
                                            "e\u0301",
                                            "👨‍👩‍👧‍👦",
                                            "🇩🇪🇫🇷",
                                            "👍🏽",
                                            "❤️",
                                            "1️⃣",
                                            "naïve",
                                            "-",
                                            "*",
                                            "x > y",
                                            "“so?”",
                                            "\u200B",
                                            "\u00A0x",
                                            "a\u0308\u0323\u0301"};
    std::uint64_t which = random_.below(27);
    if (which == 26) return longest_word();
    return words[which];
  }

  std::string longest_word() {
    static constexpr const char* parts[] = {"x",   "漢", "👨‍👩‍👧‍👦", "🇩🇪", "e\u0301", "ab/",
                                            "```", "~"};
    std::string out, part = parts[random_.below(8)];
    for (std::uint64_t i = random_.below(random_.below(10) == 0 ? 400 : 30); i > 0; --i) out += part;
    return "w" + out;
  }

  Random& random_;
  std::string end_;
};

}  // namespace coordinator::render
