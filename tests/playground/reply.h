// What the API answers, and the trees of mistakes that it gives with 50035.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "base/json.h"
#include "io/http_server.h"

namespace coordinator::playground {

// Mistakes in a body, each at a path: "embeds/0/title". Empty means the body is right.
// https://discord.com/developers/docs/reference#error-messages
class FormErrors {
 public:
  void add(std::string_view path, std::string message);
  bool empty() const { return root_.messages.empty() && root_.members.empty(); }
  Json tree() const { return root_.tree(); }

  // The usual ones.
  void required(std::string_view path) { add(path, "This field is required"); }
  void too_long(std::string_view path, std::size_t limit);
  void length(std::string_view path, std::size_t least, std::size_t limit);
  void choice(std::string_view path, std::string_view allowed);
  void type(std::string_view path, std::string_view wanted);

 private:
  struct Node {
    std::vector<std::string> messages;
    std::map<std::string, Node> members;
    Json tree() const;
  };
  Node root_;
};

struct Reply {
  int status = 200;
  std::optional<Json> body;  // none: an empty body
  io::HeaderList headers;
  std::string html;  // instead of a body: Cloudflare speaks, not Discord

  static Reply of(Json body, int status = 200) { return {status, std::move(body), {}, {}}; }
  static Reply empty() { return {204, std::nullopt, {}, {}}; }
  // {"message", "code"}: https://discord.com/developers/docs/topics/opcodes-and-status-codes#json
  static Reply error(int status, int code, std::string_view message);
  static Reply invalid(const FormErrors& errors);
};

template <class T>
using Checked = tl::expected<T, Reply>;

}  // namespace coordinator::playground
