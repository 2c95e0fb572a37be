// The spool reader: a file that grows while it is read, cut into lines, against the plain way to do it.
#include <fcntl.h>
#include <unistd.h>

#include <optional>
#include <string>
#include <vector>

#include "fuzz.h"
#include "io/spool_reader.h"

namespace coordinator::fuzz {

namespace {

std::string in_memory() { return access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"; }

// A new file each time, without a name as soon as both ends have it: one that is emptied and written again
// goes to the disk whenever it is closed, which took longer than all the rest.
struct Scratch {
  std::string path = in_memory() + "/coordinator-fuzz-" + std::to_string(getpid()) + ".spool";
  ~Scratch() { unlink(path.c_str()); }
};

// What a reader with all the memory in the world would tell; "\0" for a line that is too long.
std::vector<std::string> plainly(std::string_view text, std::size_t cap) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    auto end = text.find('\n');
    std::string_view line = text.substr(0, end);
    lines.emplace_back(line.size() > cap ? std::string(1, '\0') : std::string(line));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return lines;
}

}  // namespace

void spool(std::string_view bytes) {
  Input input(bytes);
  std::size_t cap = input.number(64), piece = 1 + input.number(1000), budget = 1 + input.number(200);
  std::string_view text = input.rest();
  std::optional<Scratch> scratch(std::in_place);
  io::Descriptor file(open(scratch->path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  auto reader = io::SpoolReader::open(scratch->path);
  scratch.reset();
  if (!file || !reader) return require(false, "the spool cannot be opened");

  std::vector<std::string> told;
  io::LineSplitter splitter(
      cap, {[&](std::string_view line) { told.emplace_back(line); }, [&] { told.emplace_back(1, '\0'); }});
  for (std::string_view rest = text; !rest.empty(); rest.remove_prefix(std::min(piece, rest.size()))) {
    if (::write(file.get(), rest.data(), std::min(piece, rest.size())) < 0) return;
    auto more = reader->read(budget, splitter);
    require(more.has_value(), "the spool cannot be read");
    require(splitter.held() <= cap, "more is held than the cap allows");
  }
  while (reader->read(budget, splitter).value_or(false)) continue;
  splitter.finish();
  require(reader->offset() == text.size(), "the reader is not at the end");
  require(told == plainly(text, cap), "other lines were told than stand there");
}

}  // namespace coordinator::fuzz
