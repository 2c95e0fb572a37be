// Reads the cells, measures them as a terminal does, and writes them aligned.
#include "render/table.h"

#include <algorithm>

#include "base/text.h"
#include "render/code_block.h"
#include "render/inline.h"

namespace coordinator::render {

namespace {

enum class Align { left, right, center };
using Row = std::vector<std::string>;

constexpr std::string_view kGap = "  ";
// Beyond these it is hostile rather than a table, and stays as it is written.
constexpr std::size_t kLongestRow = 4000, kMostColumns = 50, kGrowth = 20, kMostLinks = 20;

std::string_view without_border(std::string_view line) {
  line = text::trimmed(line);
  if (line.starts_with('|')) line.remove_prefix(1);
  if (line.ends_with('|') && !line.ends_with("\\|")) line.remove_suffix(1);
  return line;
}

// `spare_code`: a bar between backticks is text.
Row split_cells(std::string_view line, bool spare_code) {
  Row cells(1);
  bool code = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '`') code = !code;
    if (line[i] == '\\' && i + 1 < line.size() && line[i + 1] == '|')
      cells.back() += line[++i];
    else if (line[i] == '|' && !(code && spare_code))
      cells.emplace_back();
    else
      cells.back() += line[i];
  }
  return cells;
}

// At most so many: agents forget that a bar in code ends a cell too, and nothing of it may be lost.
Row cells_of(std::string_view line, std::size_t most = std::string_view::npos) {
  line = without_border(line);
  Row cells = split_cells(line, false);
  if (cells.size() > most) cells = split_cells(line, true);
  while (cells.size() > std::max<std::size_t>(most, 1)) {
    std::string last = std::move(cells.back());
    cells.pop_back();
    cells.back() += "|" + last;
  }
  for (std::string& cell : cells) cell = std::string(text::trimmed(cell));
  return cells;
}

// "---", ":--", "--:" or ":-:".
bool delimiter(std::string_view cell) {
  if (cell.starts_with(':')) cell.remove_prefix(1);
  if (cell.ends_with(':')) cell.remove_suffix(1);
  return !cell.empty() && cell.find_first_not_of('-') == std::string_view::npos;
}

Align align_of(std::string_view cell) {
  if (!cell.ends_with(':')) return Align::left;
  return cell.starts_with(':') ? Align::center : Align::right;
}

std::string padded(const std::string& cell, std::size_t width, Align align) {
  std::size_t blanks = width - std::min(width, text::columns(cell));
  std::size_t before = align == Align::right ? blanks : align == Align::center ? blanks / 2 : 0;
  return std::string(before, ' ') + cell + std::string(blanks - before, ' ');
}

std::string without_trailing_blanks(std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

std::string aligned_row(const Row& row, const std::vector<std::size_t>& widths,
                        const std::vector<Align>& aligns) {
  std::string line;
  for (std::size_t i = 0; i < widths.size(); ++i) {
    if (i > 0) line += kGap;
    line += padded(i < row.size() ? row[i] : std::string(), widths[i], aligns[i]);
  }
  return without_trailing_blanks(std::move(line)) + "\n";
}

std::string rule(const std::vector<std::size_t>& widths) {
  std::string line;
  for (std::size_t i = 0; i < widths.size(); ++i) {
    if (i > 0) line += kGap;
    for (std::size_t n = 0; n < widths[i]; ++n) line += "─";
  }
  return line + "\n";
}

std::string as_fence(const std::vector<Row>& rows, const std::vector<std::size_t>& widths,
                     const std::vector<Align>& aligns) {
  std::string out;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    out += aligned_row(rows[i], widths, aligns);
    if (i == 0) out += rule(widths);
  }
  return fenced("", out);
}

// Nobody can follow a link in a fence.
std::string below(const std::vector<std::string>& links) {
  std::string out;
  std::size_t count = 0;
  for (const std::string& link : links)
    if (link.starts_with('[') && ++count <= kMostLinks) out += (out.empty() ? "-# " : " · ") + link;
  return out.empty() ? out : out + "\n";
}

std::string unchanged(const std::vector<std::string_view>& lines) {
  std::string out;
  for (std::string_view line : lines) out.append(line).append("\n");
  return out;
}

std::string bold(const std::string& cell) {
  bool marked = cell.find('*') != std::string::npos || cell.empty();
  return marked ? cell : "**" + cell + "**";
}

// Two columns need no headings at each value: they stand once above.
std::string as_pairs(const std::vector<Row>& rows) {
  const Row& header = rows.front();
  std::string out;
  if (!header[0].empty() || !header[1].empty())
    out += "-# " + header[0] + (header[0].empty() || header[1].empty() ? "" : ": ") + header[1] + "\n";
  for (std::size_t r = 1; r < rows.size(); ++r) {
    bool both = rows[r].size() > 1 && !rows[r][1].empty() && !rows[r][0].empty();
    out += "- " + bold(rows[r][0]) + (both ? ": " : "") + (rows[r].size() > 1 ? rows[r][1] : "") + "\n";
  }
  return out;
}

// One item a row: its first cell, and below it the others with their headings. Cells keep their Markdown.
std::string as_list(const std::vector<Row>& rows) {
  const Row& header = rows.front();
  if (header.size() == 2) return as_pairs(rows);
  std::string out;
  for (std::size_t r = 1; r < rows.size(); ++r) {
    bool named = !rows[r].front().empty();
    if (named) out += "- " + bold(rows[r].front()) + "\n";
    for (std::size_t i = 1; i < std::min(header.size(), rows[r].size()); ++i) {
      if (rows[r][i].empty()) continue;
      out += (named ? "  - " : "- ") + header[i] + (header[i].empty() ? "" : ": ") + rows[r][i] + "\n";
      if (!named) named = true;
    }
  }
  return out;
}

}  // namespace

bool begins_table(std::string_view header, std::string_view delimiters) {
  if (header.size() > kLongestRow || delimiters.size() > kLongestRow) return false;
  if (header.find('|') == std::string_view::npos || delimiters.find('|') == std::string_view::npos)
    return false;
  if (delimiters.find_first_not_of("|:- \t\r") != std::string_view::npos) return false;
  Row cells = cells_of(delimiters);
  return cells.size() <= kMostColumns && cells.size() == cells_of(header).size() &&
         std::all_of(cells.begin(), cells.end(), delimiter);
}

bool continues_table(std::string_view line) {
  return line.size() <= kLongestRow && line.find('|') != std::string_view::npos;
}

std::string table_for_discord(const std::vector<std::string_view>& lines, std::size_t columns,
                              References& references) {
  std::vector<Row> rows, shown;
  std::vector<std::string> links;
  std::vector<Align> aligns;
  for (const std::string& cell : cells_of(lines[1])) aligns.push_back(align_of(cell));
  for (std::size_t i = 0; i < lines.size(); ++i)
    if (i != 1) rows.push_back(cells_of(lines[i], aligns.size()));  // 1: the delimiters
  std::vector<std::size_t> widths(aligns.size(), 1);
  for (const Row& row : rows) {
    shown.emplace_back();
    for (std::size_t i = 0; i < std::min(row.size(), widths.size()); ++i) {
      shown.back().push_back(inline_text(row[i], references, {true, " · ", &links}));
      widths[i] = std::max(widths[i], text::columns(shown.back()[i]));
    }
  }
  std::size_t width = kGap.size() * (widths.size() - 1);
  for (std::size_t each : widths) width += each;
  bool fence = width <= columns || rows.size() < 2;
  std::size_t size = 0;
  for (std::string_view line : lines) size += line.size() + 1;
  if (rows.size() * (fence ? width : lines[0].size()) > kGrowth * size + kLongestRow) return unchanged(lines);
  if (fence) return as_fence(shown, widths, aligns) + below(links);
  for (Row& row : rows)
    for (std::string& cell : row) cell = inline_text(cell, references, {false, " · "});
  return as_list(rows);
}

}  // namespace coordinator::render
