// Takes one window after the other from the source, until nothing visible is left.
#include "render/splitter.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "render/window.h"

namespace coordinator::render {

namespace {

// A closing fence this many blank lines further on is still found, to spare an empty block.
constexpr int kBlankLinesBeforeClosing = 16;
// A line longer than this part of the limit is no fence, so that there is always room beside one.
constexpr std::size_t kFenceLinePart = 2;

std::size_t white_run(std::string_view text) {
  std::size_t at = 0;
  for (text::CodePoint c = text::first(text); c.size > 0 && text::white(c.value);
       c = text::first(text.substr(at)))
    at += c.size;
  return at;
}

std::size_t blind_run(std::string_view text) {
  std::size_t at = 0;
  for (text::CodePoint c = text::first(text); c.size > 0 && !text::visible(c.value);
       c = text::first(text.substr(at)))
    at += c.size;
  return at;
}

std::size_t without_trailing_white(std::string_view text) {
  std::size_t end = text.size();
  while (end > 0) {
    std::size_t last = end - 1;
    while (last > 0 && end - last < 4 && (static_cast<unsigned char>(text[last]) & 0xC0) == 0x80) --last;
    text::CodePoint c = text::first(text.substr(last, end - last));
    if (!c.valid || last + c.size != end || !text::white(c.value)) break;
    end = last;
  }
  return end;
}

class Splitter {
 public:
  Splitter(std::string_view text, std::size_t limit)
      : text_(text),
        limit_(limit),
        here_{0, FenceReader(std::min<std::size_t>(500, limit / kFenceLinePart)), false, 0} {}

  std::vector<Chunk> run(std::size_t most) {
    std::string before = skip();
    if (here_.at == text_.size() || most == 0) return {};
    while (here_.at < text_.size() && chunks_.size() < most) {
      chunks_.push_back(next());
      chunks_.back().after += skip();
    }
    chunks_.front().before.insert(0, before);
    return std::move(chunks_);
  }

 private:
  Chunk next() {
    std::size_t begin = here_.at;
    Window window(text_, here_, limit_);
    Place end = window.choose();
    Marks marks = window.marks(end);
    std::string_view body = text_.substr(window.body_begin(), end.body_end - window.body_begin());
    if (marks.suffix.empty()) body = body.substr(0, without_trailing_white(body));
    std::size_t body_end = window.body_begin() + body.size();
    here_ = std::move(end.next);
    return {marks.prefix + std::string(body) + marks.suffix, marks.prefix.size(), marks.suffix.size(),
            std::string(text_.substr(begin, window.body_begin() - begin)),
            std::string(text_.substr(body_end, here_.at - body_end))};
  }

  // Goes on behind what need not be sent, and returns it.
  std::string skip() {
    std::size_t begin = here_.at;
    while (skip_blank() || skip_closing()) {
    }
    return std::string(text_.substr(begin, here_.at - begin));
  }

  // Outside of fences all white space goes, inside only what would make a chunk of blanks. The indentation of
  // the next line stays where it can, since the line must be read whole.
  bool skip_blank() {
    std::string_view rest = text_.substr(here_.at);
    std::size_t dark = blind_run(rest);
    if (dark == rest.size()) return move_to(text_.size(), false);
    bool much = dark > limit_ / 4;
    std::size_t end = much ? dark : here_.fences.open() ? 0 : white_run(rest);
    std::size_t line = rest.substr(0, end).rfind('\n');
    if (line != std::string_view::npos) {
      bool whole_lines = !here_.in_line || rest.find('\n') < line;
      if (whole_lines) here_.fences.read("");  // which ends a fence in a quote
      return move_to(here_.at + line + 1, false);
    }
    std::size_t word = whole_cluster(end);
    return word != here_.at && (here_.in_line || end > limit_ / 4) && move_to(word, true);
  }

  // An empty rest of a fence is not sent: the mark that closed the last chunk stands for its own.
  bool skip_closing() {
    if (!here_.fences.open() || here_.in_line) return false;
    FenceReader fences = here_.fences;
    std::size_t at = here_.at;
    for (int lines = 0; lines < kBlankLinesBeforeClosing && at < text_.size(); ++lines) {
      std::size_t end = std::min(text_.find('\n', at), text_.size());
      std::string_view line = text_.substr(at, end - at);
      FenceReader::Line kind = fences.read(line);
      if (kind == FenceReader::Line::inside && line.find_first_not_of(" \t\r>") != std::string_view::npos)
        return false;
      if (kind == FenceReader::Line::opens || kind == FenceReader::Line::outside) {
        here_.fences.close();
        move_to(at, false);
        return true;
      }
      at = std::min(end + 1, text_.size());
      if (kind == FenceReader::Line::closes) {
        here_.fences.close();
        return move_to(at, at == end);
      }
    }
    return false;
  }

  bool move_to(std::size_t at, bool in_line) {
    bool moved = at != here_.at;
    if (in_line && !here_.in_line && moved) read_line();
    here_.at = at;
    here_.in_line = in_line;
    return moved;
  }

  // The line at the cursor, of which only a part will be sent.
  void read_line() {
    std::string_view line = text_.substr(here_.at, text_.find('\n', here_.at) - here_.at);
    here_.fences.read(line);
    here_.quotes = quote_depth(line);
  }

  // The nearest place up to `size` bytes ahead that breaks no cluster, unless the cluster is endless.
  std::size_t whole_cluster(std::size_t size) const {
    std::size_t whole = text::grapheme_floor(text_.substr(here_.at), size);
    return here_.at + (whole == 0 && size > limit_ / 2 ? size : whole);
  }

  std::string_view text_;
  std::size_t limit_;
  Cursor here_;
  std::vector<Chunk> chunks_;
};

}  // namespace

std::string source(const Chunk& chunk) {
  std::size_t body = chunk.text.size() - chunk.prefix - chunk.suffix;
  return chunk.before + chunk.text.substr(chunk.prefix, body) + chunk.after;
}

std::vector<Chunk> split(std::string_view markdown, const SplitOptions& options) {
  return Splitter(markdown, std::max<std::size_t>(options.limit, 1)).run(options.most);
}

}  // namespace coordinator::render
