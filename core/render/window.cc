// One pass over the window; every place that fits is offered with its rank, and the last of each rank stays.
#include "render/window.h"

#include <algorithm>

#include "base/text.h"

namespace coordinator::render {

namespace {

using Line = FenceReader::Line;

// A cut behind a paragraph may leave a chunk that is shorter than one behind a line.
constexpr std::size_t kParagraphPart = 5, kOtherPart = 2;

bool ends_sentence(char32_t c) { return c == '.' || c == '!' || c == '?' || c == U'…'; }

// These end a sentence without a blank behind them.
bool ends_wide_sentence(char32_t c) { return c == U'。' || c == U'！' || c == U'？'; }

bool closes_quotation(char32_t c) {
  return c == '"' || c == '\'' || c == ')' || c == ']' || c == '*' || c == '_' || c == U'”' || c == U'’' ||
         c == U'」' || c == U'』' || c == U'）';
}

bool heading(std::string_view content) {
  std::size_t level = std::min(content.find_first_not_of('#'), content.size());
  return level >= 1 && level <= 6 && level < content.size() && content[level] == ' ';
}

}  // namespace

Window::Window(std::string_view text, const Cursor& begin, std::size_t limit)
    : text_(text), limit_(limit), begin_(begin), here_(begin), body_begin_(begin.at) {
  const Fence* fence = kept(begin.fences);
  std::size_t quotes = begin.in_line ? (fence ? fence->quotes : begin.quotes) : 0;
  if (fence) prefix_ = fence->opening() + "\n";
  if (fence || quotes * 8 <= limit) prefix_ += quote_marks(quotes);
  prefix_count_ = text::code_points(prefix_);
  if (!begin.fences.open())
    for (text::CodePoint c = text::first(text.substr(body_begin_)); c.size > 0 && text::white(c.value);
         c = text::first(text.substr(body_begin_)))
      body_begin_ += c.size;
  dark_end_ = body_begin_;
}

Place Window::choose() {
  walk();
  if (here_.at >= text_.size()) {
    Place all = place_at(here_);
    if (fits(all)) return all;
  }
  for (int rank = paragraph; rank < kRanks; ++rank)
    if (best_[rank] && best_[rank]->count >= limit_ / (rank == paragraph ? kParagraphPart : kOtherPart))
      return *best_[rank];
  const Place* longest = nullptr;
  for (const auto& place : best_)
    if (place && (!longest || place->count > longest->count)) longest = &*place;
  return longest ? *longest : hard_cut();
}

void Window::walk() {
  if (here_.in_line) walk_line();
  while (here_.at < text_.size() && prefix_count_ + count() <= limit_) {
    begin_line();
    walk_line();
  }
}

void Window::begin_line() {
  std::size_t end = std::min(text_.find('\n', here_.at), text_.size());
  std::string_view content = text_.substr(here_.at, end - here_.at);
  FenceReader before = here_.fences;
  if (hard_is_here_) hard_->fences = before;
  hard_is_here_ = false;
  here_.in_line = false;
  kind_ = here_.fences.read(content);
  here_.quotes = quote_depth(content);
  offer_line_start(before, content, kind_);
  if (kind_ == Line::opens) visible_ = false;
  bool blank = content.find_first_not_of(" \t\r>") == std::string_view::npos;
  if (!blank) after_heading_ = kind_ == Line::outside && heading(content);
  after_blank_ = blank;
  after_fence_ = kind_ == Line::closes;
}

void Window::offer_line_start(const FenceReader& before, std::string_view content, Line kind) {
  bool blank = content.find_first_not_of(" \t\r") == std::string_view::npos;
  if (!visible_ || (blank && !before.open())) return;
  Cursor next{here_.at, before, false, 0};
  bool indented = content.starts_with(' ') || content.starts_with('\t');
  bool left = kind == Line::outside || kind == Line::opens;  // the quote around the fence has ended
  if (before.open())
    offer(left ? paragraph : after_blank_ ? block : line, next);
  else if (after_heading_ || (indented && kind != Line::opens))
    offer(line, next);
  else
    offer(after_blank_ || after_fence_ || kind == Line::opens ? paragraph : block, next);
}

void Window::walk_line() {
  while (here_.at < text_.size() && prefix_count_ + count() <= limit_) {
    text::CodePoint c = text::first(text_.substr(here_.at));
    step(c.value, c.size);
    if (c.value == '\n') return;
  }
}

void Window::step(char32_t c, std::size_t size) {
  bool white = text::white(c), edge = here_.at < body_begin_;
  if (!white && !edge && here_.in_line) offer_word();
  here_.at += size;
  here_.in_line = c != '\n';
  if (edge) return;
  ++count_;
  last_ = c;
  if (!white) {
    dark_end_ = here_.at;
    dark_count_ = count_;
    last_dark_ = closes_quotation(c) ? last_dark_ : c;
    if (!visible_ && kind_ != Line::opens && text::visible(c)) {
      visible_ = true;
      first_visible_ = here_.at;
    }
  }
  offer_hard();
}

void Window::offer_word() {
  if (!visible_ || kind_ == Line::opens || kind_ == Line::closes) return;
  bool blank = text::white(last_), inside = here_.fences.open().has_value();
  bool wide = !inside && ends_wide_sentence(last_dark_);
  if (!blank && !wide) return;
  std::string_view rest = text_.substr(here_.at);
  char32_t c = text::first(rest).value;
  if (begins_with_fence_mark(rest) || text::joined(last_, c) || (!blank && closes_quotation(c))) return;
  bool full_stop = !inside && (wide || ends_sentence(last_dark_));
  offer(full_stop ? sentence : word, here_);
}

void Window::offer(Rank rank, const Cursor& next) {
  Place place = place_at(next);
  if (fits(place)) best_[rank] = std::move(place);
}

// Only the numbers: the state of the fences is filled in where the line ends, or when it is needed.
void Window::offer_hard() {
  bool mark = kind_ == Line::opens || kind_ == Line::closes;  // half of one would be none
  if (hard_ && (mark || prefix_count_ + count() + suffix_size(here_) > limit_)) return;
  if (!hard_) hard_.emplace();
  hard_->at = here_.at;
  hard_->quotes = here_.quotes;
  hard_is_here_ = true;
}

Place Window::hard_cut() {
  Cursor cut = *hard_;
  if (hard_is_here_) cut.fences = here_.fences;
  if (std::size_t whole = whole_clusters(cut.at)) cut.at = whole;
  std::size_t mark = cut.at;
  while (begins_with_fence_mark(text_.substr(cut.at)) && mark > body_begin_ &&
         text_[mark - 1] == text_[cut.at])
    --mark;
  if (begins_with_fence_mark(text_.substr(cut.at)) && mark > body_begin_)
    if (std::size_t whole = whole_clusters(mark - 1)) cut.at = whole;
  cut.in_line = text_[cut.at - 1] != '\n';
  return {cut, cut.at, 0};
}

// The last place up to `at` that breaks no cluster and leaves something visible in front of it; 0: none.
std::size_t Window::whole_clusters(std::size_t at) const {
  std::size_t whole = begin_.at + text::grapheme_floor(text_.substr(begin_.at), at - begin_.at);
  return visible_ && whole >= first_visible_ ? whole : 0;
}

Place Window::place_at(const Cursor& next) const {
  bool trimmed = !next.fences.open();
  return {next, trimmed ? dark_end_ : next.at, trimmed ? dark_count_ : count_};
}

bool Window::fits(const Place& place) const {
  return place.body_end > body_begin_ && prefix_count_ + place.count + suffix_size(place.next) <= limit_;
}

Marks Window::marks(const Place& end) const {
  Marks marks{prefix_, {}};
  if (const Fence* fence = kept(end.next.fences))
    marks.suffix = (end.next.in_line ? "\n" : "") + fence->closing();
  return marks;
}

// Marks are ASCII, so that their bytes are their code points.
std::size_t Window::suffix_size(const Cursor& end) const {
  const Fence* fence = kept(end.fences);
  return fence ? (end.in_line ? 1 : 0) + 2 * fence->quotes + fence->length : 0;
}

// The open fence, unless its marks would take so much of a chunk that little is left for what is in it.
const Fence* Window::kept(const FenceReader& fences) const {
  if (!fences.open()) return nullptr;
  const Fence& fence = *fences.open();
  std::size_t cost = 2 * (fence.length + 3 * fence.quotes + 1) + fence.language.size();
  return cost <= limit_ / 2 ? &fence : nullptr;
}

}  // namespace coordinator::render
