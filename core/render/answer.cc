// Joins the blocks by blank lines, rewrites and splits them, hands the files to the messages that name them,
// and closes what is cut off with a sentence.
#include "render/answer.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "render/markdown.h"
#include "render/splitter.h"

namespace coordinator::render {

namespace {

constexpr std::size_t kLeastLimit = 200;
constexpr std::size_t kMostLive = 1 << 20;  // bytes that are read again at each edit
// A window of the splitter ends at most so far behind the limit: a line that could still be a fence.
constexpr std::size_t kSplitterLooksAhead = 600;

// Lead bytes: each is one code point, in text that is UTF-8.
std::size_t count_roughly(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char byte) { return (byte & 0xc0) != 0x80; }));
}

std::string left_out(std::size_t count, std::size_t messages) {
  return fmt::format(
      "\n\n*… {} more characters were left out: an answer takes at most {} message{}. "
      "Ask for the rest, or for a shorter answer.*",
      grouped(count), messages, messages == 1 ? "" : "s");
}

std::string in_file(std::size_t count, bool whole) {
  return fmt::format("\n\n*… {} more characters: {} is in {}.*", grouped(count),
                     whole ? "the whole answer" : "the beginning of the answer", kWholeName);
}

// The blocks as one text, of which so many bytes are kept. The rest is only counted, however long it is.
struct Source {
  std::string text;
  std::size_t beyond = 0;  // code points

  explicit Source(std::size_t most) : most_(most) {}

  // Blocks stand apart; the indentation at a block's beginning is its own.
  void add(std::string_view block, bool growing) {
    if (text::blank(block)) return;
    std::size_t begin = std::min(block.find_first_not_of("\r\n"), block.size());
    std::size_t end = growing ? block.size() : block.find_last_not_of(" \t\r\n") + 1;
    block = block.substr(begin, end - begin);
    std::size_t room = most_ - std::min(most_, text.size());
    std::size_t cut = block.size() <= room ? block.size() : text::grapheme_floor(block, room);
    if (cut > 0 && !text.empty()) text += "\n\n";
    text += text::valid_utf8(block.substr(0, cut));
    beyond += count_roughly(block.substr(cut));
    if (cut < block.size()) most_ = 0;
  }

 private:
  std::size_t most_;
};

class Composer {
 public:
  Composer(Source source, const AnswerOptions& options, bool files, End end)
      : source_(std::move(source.text)), beyond_(source.beyond), options_(options), files_(files), end_(end) {
    options_.messages = std::max<std::size_t>(options_.messages, 1);
    options_.limit = std::max(options_.limit, kLeastLimit);
  }

  Live run() {
    rewrite_source();
    chunks_ = split(rewritten_.text, {options_.limit, options_.messages + 1});
    overflows_ = beyond_ > 0 || rewritten_.read < source_.size() || chunks_.size() > options_.messages;
    Live live;
    for (std::size_t i = 0; i < std::min(chunks_.size(), options_.messages); ++i) {
      ends_.push_back((i > 0 ? ends_.back() : 0) + source(chunks_[i]).size());
      live.messages.push_back({chunks_[i].text, {}});
      if (settled(i)) live.settled = i + 1;
    }
    if (!live.messages.empty()) finish(live);
    return live;
  }

 private:
  // As much as the messages can hold: four bytes a code point.
  void rewrite_source() {
    std::size_t enough = (options_.messages + 1) * options_.limit * 4;
    if (!options_.for_discord) {
      rewritten_ = unchanged(enough);
      return;
    }
    MarkdownOptions markdown;
    markdown.end = end_;
    markdown.enough = enough;
    markdown.long_code = files_ ? 2 * options_.limit : 0;
    markdown.code_bytes = options_.file_bytes / 2;
    rewritten_ = rewrite(source_, markdown);
    // Nothing but comments and the like: shown as it is written, since it is all that there is.
    if (end_ != End::none && text::blank(rewritten_.text)) rewritten_ = unchanged(enough);
  }

  Rewritten unchanged(std::size_t enough) const {
    std::size_t cut = text::offset_of(source_, enough);
    return {source_.substr(0, cut), {}, false, cut, 0};
  }

  void finish(Live& live) {
    if (overflows_) live.messages.back().content = last_message();
    std::size_t end = overflows_ ? last_end_ : ends_.back();
    for (const CodeFile& code : rewritten_.files) {
      auto message =
          static_cast<std::size_t>(std::lower_bound(ends_.begin(), ends_.end(), code.at) - ends_.begin());
      if (code.at <= end && message < live.messages.size()) live.messages[message].files.push_back(code.file);
    }
    if (!files_ || !(overflows_ || rewritten_.needs_whole)) return;
    File whole{std::string(kWholeName), capped(source_, options_.file_bytes / 2), "the whole answer"};
    live.messages.back().files.push_back(std::move(whole));
  }

  // As much of the last message that may be sent as leaves room for the sentence.
  std::string last_message() {
    std::size_t at = live_size() - 1, before = at > 0 ? ends_[at - 1] : 0;
    const Chunk& last = chunks_[at];
    std::size_t behind = beyond_ + count_roughly(std::string_view(source_).substr(rewritten_.read));
    std::size_t all = text::code_points(rewritten_.text) + behind;
    std::size_t room = options_.limit - text::code_points(closing(all));
    const Chunk kept = split(last.text, {room}).front();
    std::size_t sent = kept.text.size() - kept.suffix - std::min(last.prefix, kept.text.size() - kept.suffix);
    last_end_ = before + last.before.size() + sent;
    std::size_t shown = text::code_points(std::string_view(rewritten_.text).substr(0, last_end_));
    return kept.text + closing(all - std::min(all, shown));
  }

  std::string closing(std::size_t count) const {
    bool whole = beyond_ == 0 && source_.size() <= options_.file_bytes / 2;
    return files_ ? in_file(count, whole) : left_out(count, options_.messages);
  }

  std::size_t live_size() const { return std::min(chunks_.size(), options_.messages); }

  // Whether nothing that comes later can change this message. The last that is allowed may have to make room.
  bool settled(std::size_t i) const {
    if (end_ == End::text) return true;
    if (i + 1 >= options_.messages || i + 1 >= chunks_.size()) return false;
    std::size_t begin = i > 0 ? ends_[i - 1] : 0;
    std::string_view from = std::string_view(rewritten_.text).substr(begin);
    return begin + text::offset_of(from, options_.limit + kSplitterLooksAhead) < rewritten_.settled;
  }

  std::string source_;
  std::size_t beyond_;  // code points of the answer behind the source
  AnswerOptions options_;
  bool files_;
  End end_;
  Rewritten rewritten_;
  std::vector<Chunk> chunks_;
  std::vector<std::size_t> ends_;  // of the messages, in the rewritten text
  std::size_t last_end_ = 0;       // of what the last message still shows
  bool overflows_ = false;
};

Source joined(const std::vector<agent::Text>& blocks, std::string_view growing, std::size_t most) {
  Source source(most);
  for (const agent::Text& block : blocks) source.add(block.text, false);
  source.add(growing, true);
  return source;
}

}  // namespace

std::vector<Message> answer_with_files(const std::vector<agent::Text>& blocks, const AnswerOptions& options) {
  Source source = joined(blocks, {}, 2 * options.file_bytes);  // half of them for code, half for the whole
  return Composer(std::move(source), options, true, End::text).run().messages;
}

std::vector<std::string> answer(const std::vector<agent::Text>& blocks, const AnswerOptions& options) {
  // Rewriting for Discord shortens few texts to less than a fourth, and a code point has four bytes.
  Source source = joined(blocks, {}, 16 * (options.messages + 1) * std::max(options.limit, kLeastLimit));
  std::vector<std::string> contents;
  for (Message& message : Composer(std::move(source), options, false, End::text).run().messages)
    contents.push_back(std::move(message.content));
  return contents;
}

Live live(const std::vector<agent::Text>& blocks, std::string_view growing, const AnswerOptions& options) {
  Source source = joined(blocks, growing, std::min(options.file_bytes, kMostLive));
  End end = text::blank(growing) && source.beyond == 0 ? End::block : End::none;
  return Composer(std::move(source), options, true, end).run();
}

}  // namespace coordinator::render
