#include "base/json.h"

#include <cjson/cJSON.h>

#include <cmath>
#include <cstring>
#include <utility>

#include "base/owned.h"

namespace coordinator {

namespace {

constexpr int kMaxDepth = 200;
constexpr double kMaxSafeInteger = 9007199254740992.0;  // 2^53

// cJSON recurses as deep as the text nests (its own limit is 1000); a few bytes of attack should not cost
// that.
bool nests_too_deep(std::string_view text) {
  int depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      if (++depth > kMaxDepth) return true;
    } else if (c == '}' || c == ']') {
      --depth;
    }
  }
  return false;
}

}  // namespace

bool JsonView::is_null() const { return cJSON_IsNull(node_); }
bool JsonView::is_object() const { return cJSON_IsObject(node_); }
bool JsonView::is_array() const { return cJSON_IsArray(node_); }
bool JsonView::is_string() const { return cJSON_IsString(node_); }
bool JsonView::is_number() const { return cJSON_IsNumber(node_); }

JsonView JsonView::operator[](std::string_view key) const {
  if (!is_object()) return {};
  for (const cJSON* child = node_->child; child; child = child->next)
    if (child->string && key == child->string) return JsonView(child);
  return {};
}

JsonView JsonView::operator[](std::size_t index) const {
  if (!is_array()) return {};
  const cJSON* child = node_->child;
  while (child && index-- > 0) child = child->next;
  return JsonView(child);
}

std::size_t JsonView::size() const {
  std::size_t count = 0;
  for ([[maybe_unused]] JsonView child : *this) ++count;
  return count;
}

std::optional<std::string_view> JsonView::text() const {
  if (!is_string() || !node_->valuestring) return std::nullopt;
  return std::string_view(node_->valuestring);
}

std::optional<double> JsonView::number() const {
  if (!is_number()) return std::nullopt;
  return node_->valuedouble;
}

std::optional<std::int64_t> JsonView::integer() const {
  auto value = number();
  if (!value || std::abs(*value) > kMaxSafeInteger || std::trunc(*value) != *value) return std::nullopt;
  return static_cast<std::int64_t>(*value);
}

std::optional<bool> JsonView::boolean() const {
  if (!cJSON_IsBool(node_)) return std::nullopt;
  return cJSON_IsTrue(node_) != 0;
}

std::string_view JsonView::key() const {
  return node_ && node_->string ? std::string_view(node_->string) : std::string_view();
}

std::string JsonView::dump() const {
  if (!node_) return "null";
  Owned<char, cJSON_free> text(cJSON_PrintUnformatted(node_));
  return text ? std::string(text.get()) : std::string();
}

JsonView::Iterator JsonView::begin() const {
  return Iterator(is_array() || is_object() ? node_->child : nullptr);
}

JsonView::Iterator& JsonView::Iterator::operator++() {
  node_ = node_->next;
  return *this;
}

void Json::Free::operator()(cJSON* node) const { cJSON_Delete(node); }

Json::Json() : node_(cJSON_CreateNull()) {}
Json::Json(std::string_view text) : node_(cJSON_CreateString(std::string(text).c_str())) {}
Json::Json(Json&&) noexcept = default;
Json& Json::operator=(Json&&) noexcept = default;
Json::~Json() = default;

Json Json::from_bool(bool value) { return Json(cJSON_CreateBool(value)); }
Json Json::from_number(double value) { return Json(cJSON_CreateNumber(value)); }
Json Json::object() { return Json(cJSON_CreateObject()); }
Json Json::array() { return Json(cJSON_CreateArray()); }

Result<Json> Json::parse(std::string_view text) {
  if (nests_too_deep(text)) return fail("JSON nests deeper than {}", kMaxDepth);
  const char* end = nullptr;
  Json json(cJSON_ParseWithLengthOpts(text.data(), text.size(), &end, false));
  std::size_t parsed = end ? static_cast<std::size_t>(end - text.data()) : 0;
  if (!json.node_) return fail("not JSON: broken at byte {} of {}", parsed, text.size());
  std::size_t rest = text.find_first_not_of(" \t\r\n", parsed);
  if (rest != std::string_view::npos) return fail("not JSON: something follows the value at byte {}", rest);
  return json;
}

Json& Json::set(std::string_view key, Json value) & {
  std::string name(key);
  if (view()[key])
    cJSON_ReplaceItemInObjectCaseSensitive(node_.get(), name.c_str(), value.node_.release());
  else
    cJSON_AddItemToObject(node_.get(), name.c_str(), value.node_.release());
  return *this;
}

Json& Json::push(Json value) & {
  cJSON_AddItemToArray(node_.get(), value.node_.release());
  return *this;
}

Json Json::clone(JsonView view) { return view ? Json(cJSON_Duplicate(view.raw(), true)) : Json(); }

}  // namespace coordinator
