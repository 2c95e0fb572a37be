// The command /project: adds, changes, lists and removes the projects that channels speak to.
#include <algorithm>
#include <coordinator/plugin.hpp>

using namespace coordinator::plugin;

namespace {

using std::chrono::steady_clock;

constexpr std::chrono::milliseconds kBetweenEdits{1500};
// Discord forgets an interaction after 15 minutes; progress would become a message each.
constexpr std::chrono::minutes kProgressTime{14};

Choices complete(const Call& call) {
  Choices choices(call.typed());
  for (const Project& project : Projects(call.host()).all()) choices.add(project.name);
  return choices;
}

std::string named(const std::string& name) { return "**" + excerpt(name, 64) + "**"; }

std::string channels_of(const Project& project, std::size_t most) {
  std::string words;
  for (std::size_t i = 0; i < project.channels.size() && i < most; ++i)
    words += (i ? " " : "") + channel_mention(project.channels[i]);
  if (project.channels.size() > most) words += " and " + grouped(project.channels.size() - most) + " more";
  return words.empty() ? "no channel" : words;
}

// ---- list ----

void list(const Call& call) {
  auto projects = Projects(call.host()).all();
  if (projects.empty()) return void(call.whisper("There are no projects yet. Add one: `/project add`."));
  Embed embed;
  embed.title("Projects").footer(counted(projects.size(), "project"));
  for (const Project& project : projects) {
    std::string value = channels_of(project, 10) + "\n" + plain(project.agent) + " · " +
                        (project.model.empty() ? "default model" : plain(project.model)) + " · `" +
                        shortened(project.directory, 300) + "`";
    if (!embed.fits(project.name, value)) break;
    embed.field(project.name, value);
  }
  if (std::size_t left = projects.size() - embed.fields())
    embed.footer(counted(projects.size(), "project") + ", " + grouped(left) + " not shown");
  call.whisper(Message().embed(embed));
}

// ---- add ----

ProjectChange change_of(const Call& call) {
  ProjectChange change;
  change.name = call.text("name");
  change.repository = call.text("repository"), change.directory = call.text("directory");
  change.channel = call.id("channel");
  change.model = call.text("model"), change.system_prompt = call.text("system-prompt");
  change.allow = call.text("allow");
  return change;
}

// Edits the answer now and then, not faster than Discord likes it. The first edit is the answer.
class Progress {
 public:
  Progress(const Call& call, std::shared_ptr<bool> shown)
      : call_(call), shown_(std::move(shown)), began_(steady_clock::now()), last_(began_) {}
  void operator()(std::string_view words) {
    auto now = steady_clock::now();
    if (now - last_ < kBetweenEdits || now - began_ > kProgressTime) return;
    last_ = now;
    *shown_ = true;
    call_.edit(Message(excerpt(words, 1500)));
  }

 private:
  Call call_;
  std::shared_ptr<bool> shown_;
  steady_clock::time_point began_, last_;
};

void add(const Call& call) {
  ProjectChange change = change_of(call);
  if (change.repository.empty() == change.directory.empty())
    return void(call.whisper(
        "Give either `repository` (it is cloned) or `directory` (one that exists on the machine)."));
  Projects projects(call.host());
  auto here = projects.of_channel(call.channel());
  if (!change.channel && here)
    return void(call.whisper("Say which `channel` is to speak to it: this one speaks to " +
                             named(here->name) + " already."));
  if (!change.channel) change.channel = call.channel();
  std::string done = "Added " + named(change.name) + ". Mention the bot in " +
                     channel_mention(change.channel) + " to speak to it.";
  auto shown = std::make_shared<bool>(false);
  projects.add(call, change, Progress(call, shown),
               [held = call.hold(), done, shown](const Outcome& outcome) {
                 // Why it failed may tell of this machine: that is for whoever asked.
                 if (outcome.ok() || *shown) return void(held->edit(outcome.words_or(done)));
                 held->whisper(outcome.words_or(""));
               });
}

// ---- set ----

void set(const Call& call) {
  ProjectChange change = change_of(call);
  if (!change.channel && change.model.empty() && change.system_prompt.empty() && change.allow.empty())
    return void(call.whisper("Say what to change: `channel`, `model`, `system-prompt` or `allow`."));
  std::string done = "Changed " + named(change.name) + ".";
  Projects(call.host()).set(call, change, [held = call.hold(), done](const Outcome& outcome) {
    held->whisper(outcome.words_or(done));
  });
}

// ---- remove ----

void ask_to_remove(const Call& call) {
  std::string name = call.text("name");
  auto all = Projects(call.host()).all();
  auto project = std::find_if(all.begin(), all.end(), [&](const Project& each) { return each.name == name; });
  if (project == all.end())
    return void(call.whisper("There is no project " + named(name) + ". See `/project list`."));
  Dialog dialog(call, name);
  Message question("Remove " + named(name) + "? These channels will speak to no project: " +
                   channels_of(*project, 20) + ". Its directory stays as it is.");
  question.row(
      {Button::danger("Yes, remove", dialog.id("yes")), Button::secondary("Cancel", dialog.id("no"))});
  dialog.ask(question.ephemeral(), std::chrono::seconds(60),
             "This question has timed out after 60 seconds. Nothing was removed; use /project remove again.");
}

void remove_project(const Call& call) {
  auto name = Dialog::answered(call);
  if (!name) return;
  Projects(call.host()).remove(call, *name, [held = call.hold(), name = *name](const Outcome& outcome) {
    held->edit(
        Message(outcome.words_or("Removed " + named(name) + ". Its directory is still there.")).only());
  });
}

}  // namespace

COORDINATOR_PLUGIN(plugin, "project", "1.0", "Adds, changes and removes projects") {
  auto known = Option::text("name", "The project").required().complete(complete);
  auto channel = Option::channel("channel", "The channel that speaks to it from now on");
  auto model = Option::text("model", "An alias, such as sonnet");
  auto prompt = Option::text("system-prompt", "What its agent is told first");
  auto allow = Option::text("allow", "Who may talk to it: role:ID, user:ID, guild:ID or everyone");

  auto& command = plugin.command("project", "Manages the projects").needs(kAdministrator);
  command.subcommand("add", "Adds a project: clones a repository, or takes a directory")
      .option(Option::text("name", "A short name: lower-case letters, digits, - and _").required())
      .option(Option::text("repository", "An address to clone: https, ssh, git or file"))
      .option(Option::text("directory", "In the place of a repository: a directory on the machine"))
      .option(channel)
      .option(model)
      .option(prompt)
      .option(allow)
      .run(add);
  command.subcommand("remove", "Removes a project; its directory stays").option(known).run(ask_to_remove);
  command.subcommand("list", "Lists all projects").run(list);
  command.subcommand("set", "Changes a project")
      .option(known)
      .option(channel)
      .option(model)
      .option(prompt)
      .option(allow)
      .run(set);
  plugin.button("yes", remove_project);
  plugin.button("no", [](const Call& call) {
    if (Dialog::answered(call)) call.edit(Message("Nothing was removed.").only());
  });
  plugin.need_extension(COORDINATOR_PROJECTS).need_extension(COORDINATOR_STORAGE);
  plugin.need_extension(COORDINATOR_TIMERS);
}
