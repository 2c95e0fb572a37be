#include "discord/prepare.h"

#include <string_view>
#include <utility>

namespace coordinator::discord {

namespace {

constexpr std::size_t kSlowLine = 128 * 1024;  // bytes a second
constexpr std::string_view kCallback = "/interactions/{}/{}/callback";
constexpr std::string_view kCreate = "/channels/{}/messages";

bool writes_message(const Route& route) {
  bool writes = route.method == Method::post || route.method == Method::patch;
  std::string_view known = route.template_;
  return writes &&
         (known == kCreate || known == "/channels/{}/messages/{}" || known.starts_with("/webhooks/{}/{}"));
}

// Types 4 and 7 carry a message: https://discord.com/developers/docs/interactions/receiving-and-responding
bool callback_writes_message(JsonView body) {
  std::int64_t type = body["type"].integer().value_or(0);
  return type == 4 || type == 7;
}

Json explicit_mentions(JsonView given) {
  if (!given.is_object()) return Json::object().set("parse", Json::array()).set("replied_user", false);
  Json mentions = Json::clone(given);
  if (!given["parse"]) mentions.set("parse", Json::array());
  return mentions;
}

}  // namespace

void make_mentions_explicit(Request& request) {
  if (writes_message(request.route)) {
    if (!request.body) request.body = Json::object();
    request.body->set("allowed_mentions", explicit_mentions((*request.body)["allowed_mentions"]));
  } else if (request.route.template_ == kCallback && request.body &&
             callback_writes_message(request.body->view())) {
    Json data = (*request.body)["data"] ? Json::clone((*request.body)["data"]) : Json::object();
    data.set("allowed_mentions", explicit_mentions(data["allowed_mentions"]));
    request.body->set("data", std::move(data));
  }
}

void list_files(Request& request) {
  if (request.files.empty()) return;
  if (!request.body) request.body = Json::object();
  bool inside = request.route.template_ == kCallback;
  Json holder = inside ? Json::clone((*request.body)["data"]) : std::move(*request.body);
  if (!holder.view().is_object()) holder = Json::object();
  if (!holder["attachments"]) {
    Json list = Json::array();
    for (std::size_t i = 0; i < request.files.size(); ++i)
      list.push(Json::object().set("id", std::to_string(i)).set("filename", request.files[i].name));
    holder.set("attachments", std::move(list));
  }
  if (inside)
    request.body->set("data", std::move(holder));
  else
    request.body = std::move(holder);
}

Millis upload_time(const Request& request) {
  std::size_t bytes = 0;
  for (const File& file : request.files) bytes += file.bytes.size();
  return Millis(1000 * bytes / kSlowLine);
}

bool is_repeatable(const Request& request) {
  if (request.route.method != Method::post) return true;
  std::string_view known = request.route.template_;
  if (known == kCreate)
    return request.body && (*request.body)["enforce_nonce"].truthy() && (*request.body)["nonce"];
  return known == "/channels/{}/typing" || known == kCallback || known == "/channels/{}/messages/{}/threads";
}

}  // namespace coordinator::discord
