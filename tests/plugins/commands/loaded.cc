#include "loaded.h"

#include <dlfcn.h>

#include <CppUTest/TestHarness.h>

namespace coordinator::test {

namespace {

Use used(const std::string& line, Loaded::Arguments arguments, Use use) {
  auto blank = line.find(' ');
  use.command = line.substr(0, blank);
  if (blank != line.npos) use.subcommand = line.substr(blank + 1);
  use.arguments = std::move(arguments);
  return use;
}

}  // namespace

Loaded::Loaded(RecordingHost& host, const std::string& name)
    : host_(host), path_(name.find('/') == name.npos ? PLUGINS "/" + name + ".so" : name) {
  object_ = dlopen(path_.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!object_) FAIL(dlerror());
  auto* entry = reinterpret_cast<const coordinator_plugin* (*)()>(dlsym(object_, "coordinator_plugin_v1"));
  CHECK(entry != nullptr);
  plugin_ = entry();
  CHECK(plugin_ != nullptr);
  POINTERS_EQUAL(plugin_, entry());
  LONGS_EQUAL(sizeof(coordinator_plugin), plugin_->size);
  LONGS_EQUAL(COORDINATOR_MAJOR, plugin_->major);
  if (plugin_->start) LONGS_EQUAL(COORDINATOR_OK, plugin_->start(host_.table(), &state_));
}

Loaded::~Loaded() {
  if (object_) unload();
}

bool Loaded::unload() {
  host_.stopping();
  if (plugin_ && plugin_->stop) plugin_->stop(state_);
  dlclose(object_);
  object_ = nullptr;
  void* still = dlopen(path_.c_str(), RTLD_NOW | RTLD_NOLOAD);
  if (still) dlclose(still);
  return !still;
}

const coordinator_command& Loaded::command(std::string_view name) const {
  for (std::size_t i = 0; i < plugin_->command_count; ++i)
    if (plugin::view(plugin_->commands[i]->name) == name) return *plugin_->commands[i];
  FAIL("there is no such command");
  return *plugin_->commands[0];
}

void Loaded::run(const std::string& line, Arguments arguments, Use use) {
  use = used(line, std::move(arguments), std::move(use));
  auto function = command(use.command).run;
  enter(std::move(use), function);
}

void Loaded::complete(const std::string& line, const std::string& focused, Arguments arguments) {
  Use use = used(line, std::move(arguments), {});
  use.kind = COORDINATOR_COMPLETE;
  use.focused = focused;
  auto function = command(use.command).complete;
  enter(std::move(use), function);
}

void Loaded::press(const std::string& custom_id, std::vector<std::string> values, Use use) {
  CHECK(!custom_id.empty());
  use.kind = COORDINATOR_COMPONENT;
  use.custom_id = custom_id;
  use.values = std::move(values);
  enter(std::move(use), plugin_->component);
}

void Loaded::submit(const std::string& custom_id, Arguments fields) {
  Use use;
  use.kind = COORDINATOR_MODAL;
  use.custom_id = custom_id;
  use.arguments = std::move(fields);
  enter(std::move(use), plugin_->modal);
}

void Loaded::enter(Use use, void (*function)(void*, coordinator_call)) {
  CHECK(function != nullptr);
  auto call = host_.open(std::move(use));
  function(state_, call);
  host_.close(call);
}

}  // namespace coordinator::test
