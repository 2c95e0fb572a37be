#include "command/loaded_plugin.h"

#include <chrono>
#include <exception>
#include <utility>

#include "base/log.h"
#include "command/abi.h"
#include "command/extension_names.h"

namespace coordinator::command {

namespace {

constexpr Millis kSlow = 50ms;
constexpr const char* kSymbol = "coordinator_plugin_v1";

using Entry = const coordinator_plugin* (*)();

}  // namespace

Result<std::unique_ptr<LoadedPlugin>> LoadedPlugin::load(Guard& guard, PluginImage image,
                                                         std::uint64_t generation) {
  if (image.plugin.empty()) image.plugin = image.file;
  guard.enter(image.plugin, image.content, "its constructors");  // they run inside dlopen
  auto object = io::SharedObject::open(std::move(image.copy), image.file);
  guard.leave(image.plugin);
  if (!object) return fail("it cannot be linked: {}", object.error().what);
  std::unique_ptr<LoadedPlugin> plugin(
      new LoadedPlugin(guard, std::move(*object), std::move(image), generation));
  if (auto described = plugin->describe_itself(); !described) return tl::unexpected(described.error());
  return plugin;
}

LoadedPlugin::LoadedPlugin(Guard& guard, io::SharedObject object, PluginImage image, std::uint64_t generation)
    : guard_(guard), object_(std::move(object)), content_(std::move(image.content)), generation_(generation) {
  description_.name = std::move(image.plugin);  // until it has said how it is called
}

LoadedPlugin::~LoadedPlugin() {
  if (auto unloaded = unload(); !unloaded) log::debug("command", "{}", unloaded.error().what);
}

Status LoadedPlugin::describe_itself() {
  auto entry = reinterpret_cast<Entry>(object_.function(kSymbol));
  if (!entry)
    return fail("it does not export {}(): declare it with COORDINATOR_EXPORT, and in C++ with extern \"C\"",
                kSymbol);
  if (!guarded(kSymbol, [&] { plugin_ = entry(); }))
    return fail("its {}() threw an exception{}: it may only return the descriptor", kSymbol, thrown_);
  Result<Description> described = fail("");
  if (!guarded("the reading of its descriptor", [&] { described = describe(plugin_, has_extension); }))
    return fail("its descriptor cannot be read{}", thrown_);
  if (!described) return tl::unexpected(described.error());
  description_ = std::move(*described);
  return {};
}

Status LoadedPlugin::start(const MakeHostSide& make_host_side, std::function<void()> idle) {
  host_ = make_host_side(*this, std::move(idle));
  int result = COORDINATOR_OK;
  bool returned = enter("start", [&](const coordinator_plugin& plugin, void*) {
    if (plugin.start) result = plugin.start(host_->table(), &state_);
  });
  started_ = returned && result == COORDINATOR_OK;
  if (started_) return {};
  host_.reset();
  if (!returned) return fail("its start() threw an exception{}", thrown_);
  return fail("its start() answered {}", result_name(result));
}

Status LoadedPlugin::unload() {
  if (host_) host_->stopping();
  if (std::exchange(started_, false))
    enter("stop", [](const coordinator_plugin& plugin, void* state) {
      if (plugin.stop) plugin.stop(state);
    });
  host_.reset();
  plugin_ = nullptr;
  Status closed;
  guarded("its destructors", [&] { closed = object_.close(); });
  return closed;
}

bool LoadedPlugin::enter(std::string_view what, const Work& work) {
  return guarded(what, [&] { work(*plugin_, state_); });
}

bool LoadedPlugin::guarded(std::string_view what, const std::function<void()>& call) {
  guard_.enter(name(), content_, what);
  bool good = caught(call);
  if (auto took = std::chrono::duration_cast<Millis>(guard_.leave(name())); took > kSlow)
    log::warning("command",
                 "plugin {}: {} took {} ms, in which nothing else could run; what takes long should be done "
                 "in steps, by timers",
                 name(), what, took.count());
  if (!good) log::warning("command", "plugin {}: {} threw an exception{}", name(), what, thrown_);
  return good;
}

// The border that no exception crosses. What is caught dies here, while the plugin's code is still there.
bool LoadedPlugin::caught(const std::function<void()>& call) {
  thrown_.clear();
  try {
    call();
    return true;
  } catch (const std::exception& exception) {
    thrown_ = fmt::format(": {}", exception.what());
  } catch (...) {
    thrown_ = " that is no std::exception";
  }
  return false;
}

}  // namespace coordinator::command
