#include "reply.h"

namespace coordinator::playground {

// Discord writes names here ("BASE_TYPE_MAX_LENGTH"); its own API description wants integers, and replies are
// held to that.
Json FormErrors::Node::tree() const {
  Json object = Json::object();
  for (const auto& [name, node] : members) object.set(name, node.tree());
  if (messages.empty()) return object;
  Json list = Json::array();
  for (const auto& message : messages) list.push(Json::object().set("code", 50035).set("message", message));
  return std::move(object).set("_errors", std::move(list));
}

void FormErrors::add(std::string_view path, std::string message) {
  Node* node = &root_;
  while (!path.empty()) {
    auto slash = path.find('/');
    node = &node->members[std::string(path.substr(0, slash))];
    path = slash == std::string_view::npos ? "" : path.substr(slash + 1);
  }
  node->messages.push_back(std::move(message));
}

void FormErrors::too_long(std::string_view path, std::size_t limit) {
  add(path, fmt::format("Must be {} or fewer in length.", limit));
}
void FormErrors::length(std::string_view path, std::size_t least, std::size_t limit) {
  add(path, fmt::format("Must be between {} and {} in length.", least, limit));
}
void FormErrors::choice(std::string_view path, std::string_view allowed) {
  add(path, fmt::format("Value must be one of ({}).", allowed));
}
void FormErrors::type(std::string_view path, std::string_view wanted) {
  add(path, fmt::format("Could not interpret the value as {}.", wanted));
}

Reply Reply::error(int status, int code, std::string_view message) {
  return of(Json::object().set("message", message).set("code", code), status);
}

Reply Reply::invalid(const FormErrors& errors) {
  return of(
      Json::object().set("message", "Invalid Form Body").set("code", 50035).set("errors", errors.tree()),
      400);
}

}  // namespace coordinator::playground
