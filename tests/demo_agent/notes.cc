#include "notes.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <utility>

#include "base/json.h"
#include "speech.h"

namespace demo {

using coordinator::Json;

// The descriptor is never closed and is inherited: a lock of flock(2) lasts as long as any of its holders.
Notes::Notes(std::string file) : file_(std::move(file)) {
  if (file_.empty()) return;
  int directory = open(".", O_RDONLY | O_DIRECTORY);
  alone_ = directory >= 0 && flock(directory, LOCK_EX | LOCK_NB) == 0;
}

void Notes::note(const char* event, std::string_view prompt, const std::vector<std::string>& said) const {
  if (file_.empty()) return;
  Json texts = Json::array();
  for (const std::string& text : said) texts.push(text);
  const char* turn = std::getenv("COORDINATOR_TURN");
  std::string line = Json::object()
                         .set("event", event)
                         .set("directory", std::filesystem::current_path().filename().string())
                         .set("turn", turn ? turn : "")
                         .set("alone", alone_)
                         .set("prompt", prompt)
                         .set("said", std::move(texts))
                         .dump() +
                     "\n";
  int file = open(file_.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0 || write(file, line.data(), line.size()) != static_cast<ssize_t>(line.size()))
    say_error("cannot note it in " + file_);
  if (file >= 0) close(file);
}

}  // namespace demo
