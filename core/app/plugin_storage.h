// What plugins keep: in memory while the daemon runs, written with the iteration's commit.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "command/services.h"
#include "store/records.h"

namespace coordinator::app {

class PluginStorage : public command::StorageService {
 public:
  explicit PluginStorage(std::function<void(store::Write)> write) : write_(std::move(write)) {}

  void restore(const std::vector<store::PluginValue>& values);

  const Values& values(std::string_view plugin) const override;
  void put(std::string_view plugin, std::string_view key, std::optional<std::string> value) override;

 private:
  std::function<void(store::Write)> write_;
  std::map<std::string, Values, std::less<>> plugins_;
};

}  // namespace coordinator::app
