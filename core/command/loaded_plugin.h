// A plugin in memory: loaded, checked, started, entered, stopped and unloaded.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "command/guard.h"
#include "command/host_side.h"
#include "command/instance.h"
#include "io/file.h"
#include "io/shared_object.h"

namespace coordinator::command {

// What is loaded, and under which names.
struct PluginImage {
  io::Descriptor copy;  // sealed
  std::string file;     // its name, for the log and /proc/self/maps
  std::string content;  // the hash of it
  std::string plugin;   // what the plugin is called, where that is known already
};

// Lives at one address. It is unloaded by unload(), or at the latest when it is destroyed.
class LoadedPlugin final : public Instance {
 public:
  // Loads it and checks what it states. The error is a whole sentence for its author.
  static Result<std::unique_ptr<LoadedPlugin>> load(Guard& guard, PluginImage image,
                                                    std::uint64_t generation);
  ~LoadedPlugin() override;

  // Makes its host's side, and calls its start(). After an error, nothing of it is to be called any more.
  Status start(const MakeHostSide& make_host_side, std::function<void()> idle);
  // What the plugin waits for is cancelled, it is stopped (if it was started), unloaded. The error says that
  // its code stays in memory.
  Status unload();

  const Description& description() const override { return description_; }
  std::uint64_t generation() const override { return generation_; }
  bool enter(std::string_view what, const Work& work) override;

  // Null before start() and after unload().
  HostSide* host() { return host_.get(); }
  // What the exception that ended the last call said, if one did.
  const std::string& thrown() const { return thrown_; }

 private:
  LoadedPlugin(Guard& guard, io::SharedObject object, PluginImage image, std::uint64_t generation);
  Status describe_itself();
  bool guarded(std::string_view what, const std::function<void()>& call);
  bool caught(const std::function<void()>& call);

  Guard& guard_;
  io::SharedObject object_;
  std::string content_;
  std::uint64_t generation_;
  Description description_;
  const coordinator_plugin* plugin_ = nullptr;
  void* state_ = nullptr;
  bool started_ = false;
  std::unique_ptr<HostSide> host_;
  std::string thrown_;
};

}  // namespace coordinator::command
