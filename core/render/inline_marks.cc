// Marks of emphasis and the like: those that Discord reads otherwise than the agent meant them, and those
// that a fence would show.
#include <algorithm>

#include "render/inline_writer.h"

namespace coordinator::render {

namespace {

constexpr std::size_t kNone = std::string_view::npos;

// What is between "__" is bold in CommonMark and underlined in Discord; in what agents write, such a word is
// a name of Python's.
bool is_name(std::string_view words, char before, char behind) {
  bool in_path = before == '/' || before == '.' || behind == '/' || behind == '(';
  return in_path || words.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == kNone;
}

}  // namespace

std::size_t InlineWriter::bars() {
  std::size_t bars = run_of(rest(), '|');
  if (style_.plain || bars < 2) return copy(bars);
  std::size_t end = ahead("||", 2);
  bool hides = bars == 2 && end != kNone && !is_blank(next_but(2)) && !is_blank(at(end - 1)) &&
               !word_character(before()) && !word_character(at(end + 2));
  if (hides) return copy(end + 2 - at_);
  for (std::size_t i = 0; i < bars; ++i) write("\\|");
  return bars;
}

std::size_t InlineWriter::underscores() {
  if (style_.plain && next() != '_') return emphasis('_');
  if (next() != '_' || next_but(2) == '_' || word_character(before()) || before() == '_') return 0;
  std::size_t end = ahead("__", 2);
  if (end == kNone || end == at_ + 2) return 0;
  std::string_view words = text_.substr(at_ + 2, end - at_ - 2);
  char behind = at(end + 2);
  if (is_blank(words.front()) || is_blank(words.back()) || word_character(behind) || behind == '_') return 0;
  bool name = is_name(words, before(), behind);
  if (name)
    write(style_.plain ? "__" + std::string(words) + "__" : "\\_\\_" + std::string(words) + "\\_\\_");
  else if (style_.plain)
    write(words_of(words));
  else if (words.find("**") != kNone || depth_ >= kDeepest)
    return 0;
  else
    write("**" + InlineWriter(words, references_, style_, depth_ + 1).run() + "**");
  return end + 2 - at_;
}

std::size_t InlineWriter::emphasis(char mark) {
  std::size_t run = run_of(rest(), mark);
  if (run > 3) return copy(run);
  if (auto open = std::find(emphasis_.begin(), emphasis_.end(), at_); open != emphasis_.end()) return run;
  bool inside_word = word_character(before()) && (mark == '_' || run == 1);
  if (inside_word || is_blank(next_but(run)) || next_but(run) == '\0') return copy(run);
  std::size_t end = ahead(std::string(run, mark), run);
  if (end == kNone || is_blank(at(end - 1)) || (run == 1 && word_character(at(end + 1)))) return copy(run);
  emphasis_.push_back(end);
  return run;
}

std::size_t InlineWriter::stars() {
  std::size_t run = run_of(rest().substr(0, kNear), '*');
  if (run > 2) return copy(run);
  bool& open = stars_open_[run - 1];
  if (!open && is_glob(run)) {
    for (std::size_t i = 0; i < run; ++i) write("\\*");
    return run;
  }
  bool alone = (is_blank(before()) || before() == '\0') && (is_blank(next_but(run)) || next_but(run) == '\0');
  if (!alone) open = !open;
  return copy(run);
}

bool InlineWriter::is_glob(std::size_t run) const {
  if (before() == '/') return true;
  char next = next_but(run);
  if ((next != '/' && next != '.') || word_character(before())) return false;
  std::size_t end = ahead(std::string(run, '*'), run);
  return end == kNone || is_blank(at(end - 1)) || at(end - 1) == '/' || at(end + run) == '*';
}

}  // namespace coordinator::render
