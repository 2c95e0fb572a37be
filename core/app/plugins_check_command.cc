#include "app/plugins_check_command.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <optional>
#include <utility>

#include "base/log.h"
#include "base/text.h"
#include "command/plugin_directory.h"
#include "command/trial.h"
#include "command/try_plugin.h"
#include "io/loop.h"
#include "io/shared_object.h"

namespace coordinator::app {

namespace {

using command::TrialReport;
using Outcome = Result<TrialReport>;

constexpr const char* kKinds[] = {"",     "subcommand", "group", "text",         "integer", "yes or no",
                                  "user", "channel",    "role",  "user or role", "number",  "file"};

std::string padded(const std::string& text, std::size_t width) {
  std::size_t columns = text::columns(text);
  return text + std::string(columns < width ? width - columns : 1, ' ');
}

std::string traits_of(JsonView option) {
  std::size_t type = static_cast<std::size_t>(option["type"].integer().value_or(0));
  std::string traits = type < std::size(kKinds) ? kKinds[type] : "";
  if (option["required"].truthy()) traits += ", required";
  if (option["autocomplete"].truthy()) traits += ", completed while typing";
  if (std::size_t choices = option["choices"].size()) traits += fmt::format(", {} choices", choices);
  return traits;
}

void describe_options(JsonView options, std::size_t indent, std::string& out) {
  for (JsonView option : options) {
    std::string name = std::string(indent, ' ') + option["name"].text_or("");
    out += fmt::format("{}{} ({})\n", padded(name, 26), option["description"].text_or(""), traits_of(option));
    describe_options(option["options"], indent + 2, out);
  }
}

std::string described(const TrialReport& report, const std::string& file) {
  std::string version = report.version.empty() ? "" : " " + report.version;
  std::string out = fmt::format("{}: plugin {}{} can be loaded\n", file, report.name, version);
  if (!report.description.empty()) out += fmt::format("{}\n", report.description);
  if (report.commands.empty()) out += "It brings no commands.\n";
  for (const Json& command : report.commands) {
    out += fmt::format("\n{}{}\n", padded("  /" + command["name"].text_or(""), 26),
                       command["description"].text_or(""));
    describe_options(command["options"], 6, out);
  }
  if (!report.extensions.empty())
    out += fmt::format("\nIt cannot do without {}.\n", fmt::join(report.extensions, ", "));
  return out;
}

void write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    ssize_t wrote = ::write(fd, text.data(), text.size());
    if (wrote <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(wrote));
  }
}

int tell(const Outcome& outcome, const PluginsCheckCommand& command, int out) {
  if (command.json)
    write_all(out, command::dump_trial(outcome) + "\n");
  else if (outcome)
    write_all(out, described(*outcome, command.file));
  else
    write_all(STDERR_FILENO, fmt::format("{}: refused: {}\n", command.file, outcome.error().what));
  return outcome ? 0 : 1;
}

// The plugin's own output must not get between our words; what is asked for goes out by a descriptor that it
// does not know.
int keep_output_apart() {
  int out = ::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
  ::dup2(STDERR_FILENO, STDOUT_FILENO);
  return out;
}

// A crash here is an answer, not something to examine; and nobody is left to read it once the caller is gone.
void prepare_to_crash() {
  rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
}

// Ends at once: what the plugin registered for the end of its process is no part of the trial.
[[noreturn]] void try_here(const PluginsCheckCommand& command) {
  prepare_to_crash();
  int out = keep_output_apart();
  auto bytes = io::content_of(command.descriptor, command::kLargestPlugin);
  Outcome outcome = bytes ? command::try_plugin(*bytes, command::file_name(command.file))
                          : Outcome(tl::unexpected(bytes.error()));
  int status = tell(outcome, command, out);
  std::fflush(nullptr);
  ::_exit(status);
}

Outcome try_image(const command::PluginImage& image) {
  io::Loop loop;
  Outcome outcome = fail("");
  command::TrialSpec spec{"/proc/self/exe", image.file, 5s, true};
  command::Trial trial(loop, spec, image.copy, [&](Outcome told) {
    outcome = std::move(told);
    loop.stop();
  });
  loop.run();
  return outcome;
}

// With the daemon's eyes: as if the file lay in its directory, and it ran as whoever runs this.
Outcome try_file(const std::string& path) {
  auto look = io::look_at(path);
  if (!look) return fail("there is no such file");
  if (auto wrong = command::wrong_with_file(path, *look, ::geteuid()); !wrong.empty())
    return fail("{}", wrong);
  auto read = command::read_plugin(path, *look);
  if (!read.image) return tl::unexpected(read.image.error());
  return try_image(*read.image);
}

}  // namespace

int run_plugins_check(const PluginsCheckCommand& command) {
  if (command.descriptor >= 0) try_here(command);
  return tell(try_file(command.file), command, STDOUT_FILENO);
}

}  // namespace coordinator::app
