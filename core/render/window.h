// The window that a chunk is cut from: walks the source from where the chunk begins until the limit is
// passed, and remembers the best places to end it.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "render/fence.h"

namespace coordinator::render {

// Where in the source one is, and what is open there.
struct Cursor {
  std::size_t at = 0;
  FenceReader fences;
  bool in_line = false;    // behind the beginning of a line, which has been read already
  std::size_t quotes = 0;  // of that line
};

// A place where a chunk may end and the next one begin.
struct Place {
  Cursor next;
  std::size_t body_end = 0;  // what is sent ends here; white space up to `next.at` is not
  std::size_t count = 0;     // code points of the body
};

// What splitting adds around a body.
struct Marks {
  std::string prefix, suffix;
};

class Window {
 public:
  // From the first thing that is visible on; `begin` is not in white space that could be skipped.
  Window(std::string_view text, const Cursor& begin, std::size_t limit);

  // The best place for the chunk's end. Always behind the beginning.
  Place choose();
  // Where what is sent begins, behind indentation that Discord would trim.
  std::size_t body_begin() const { return body_begin_; }
  // For a chunk that ends at that place.
  Marks marks(const Place& end) const;

 private:
  enum Rank { paragraph, block, line, sentence, word, kRanks };

  void walk();
  void begin_line();
  void walk_line();
  void step(char32_t code_point, std::size_t size);
  void offer_line_start(const FenceReader& before, std::string_view content, FenceReader::Line kind);
  void offer_word();
  void offer(Rank rank, const Cursor& next);
  void offer_hard();
  // White space at the end counts only inside a fence: elsewhere Discord trims it.
  std::size_t count() const { return here_.fences.open() ? count_ : dark_count_; }
  bool fits(const Place& place) const;
  Place place_at(const Cursor& next) const;
  Place hard_cut();
  const Fence* kept(const FenceReader& fences) const;
  std::size_t suffix_size(const Cursor& end) const;
  std::size_t whole_clusters(std::size_t at) const;

  std::string_view text_;
  std::size_t limit_;
  Cursor begin_, here_;
  std::string prefix_;
  std::size_t body_begin_ = 0, prefix_count_ = 0;
  std::size_t count_ = 0;                      // code points from body_begin_ to here
  std::size_t dark_end_ = 0, dark_count_ = 0;  // the same up to the last that is not white
  std::size_t first_visible_ = 0;              // behind the first visible one since the last opening fence
  bool visible_ = false;                       // there was one
  char32_t last_ = 0, last_dark_ = 0;
  bool after_blank_ = false, after_heading_ = false, after_fence_ = false;
  FenceReader::Line kind_ = FenceReader::Line::outside;  // of the line that is walked
  std::array<std::optional<Place>, kRanks> best_;
  std::optional<Cursor> hard_;  // as far as fits, whatever it breaks
  bool hard_is_here_ = false;   // in the line that is walked: its state of the fences is still to come
};

}  // namespace coordinator::render
