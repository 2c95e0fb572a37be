// What the demo agent remembers of a session: the user's messages and what they have cost, in a file.
#pragma once

#include <string>
#include <vector>

namespace demo {

class Session {
 public:
  Session(std::string directory, std::string id);

  const std::string& id() const { return id_; }
  bool exists() const;
  void load();
  void save() const;

  std::vector<std::string> messages;
  double cost_usd = 0;

 private:
  std::string path() const;

  std::string directory_, id_;
};

}  // namespace demo
