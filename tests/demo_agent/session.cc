#include "session.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

#include "base/json.h"

namespace demo {

using coordinator::Json;

Session::Session(std::string directory, std::string id)
    : directory_(std::move(directory)), id_(std::move(id)) {}

std::string Session::path() const { return directory_ + "/" + id_ + ".json"; }
bool Session::exists() const { return std::filesystem::exists(path()); }

void Session::load() {
  std::ifstream file(path());
  std::string text{std::istreambuf_iterator<char>(file), {}};
  auto json = Json::parse(text);
  if (!json) return;
  for (auto message : json->view()["messages"]) messages.push_back(message.text_or(""));
  cost_usd = json->view()["cost_usd"].number().value_or(0);
}

// Under another name first: a turn that is killed here leaves the session as it was.
void Session::save() const {
  std::error_code ignored;
  std::filesystem::create_directories(directory_, ignored);
  Json list = Json::array();
  for (const auto& message : messages) list.push(message);
  std::string next = path() + ".new";
  std::ofstream(next) << Json::object().set("messages", std::move(list)).set("cost_usd", cost_usd).dump()
                      << "\n";
  std::filesystem::rename(next, path(), ignored);
}

}  // namespace demo
