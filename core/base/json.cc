#include "base/json.h"

#include <cjson/cJSON.h>

#include <cassert>
#include <cmath>
#include <cstring>
#include <utility>

#include "base/text.h"

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

// The length of the well-formed UTF-8 sequence at the front (Unicode 15, table 3-7), 0 where there is none or
// a NUL.
std::size_t sequence(std::string_view text) {
  auto byte = [text](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : static_cast<unsigned char>(0);
  };
  auto trails = [byte](std::size_t from, std::size_t to) {
    for (std::size_t i = from; i < to; ++i)
      if ((byte(i) & 0xc0) != 0x80) return false;
    return true;
  };
  unsigned char first = byte(0), second = byte(1);
  if (first < 0x80) return first != 0;
  if (first < 0xc2) return 0;
  if (first < 0xe0) return trails(1, 2) ? 2 : 0;
  if (first < 0xf0) {
    bool overlong = first == 0xe0 && second < 0xa0;
    bool surrogate = first == 0xed && second >= 0xa0;
    return trails(1, 3) && !overlong && !surrogate ? 3 : 0;
  }
  bool overlong = first == 0xf0 && second < 0x90;
  bool beyond = first > 0xf4 || (first == 0xf4 && second >= 0x90);
  return trails(1, 4) && !overlong && !beyond ? 4 : 0;
}

// Eight bytes of ASCII without NUL: no high bit, and no byte that borrows from its high bit when 1 is taken.
bool eight_plain(std::string_view text) {
  if (text.size() < 8) return false;
  std::uint64_t word;
  std::memcpy(&word, text.data(), sizeof word);
  return ((word | (word - 0x0101010101010101)) & 0x8080808080808080) == 0;
}

bool clean(std::string_view text) {
  while (!text.empty()) {
    std::size_t length = eight_plain(text) ? 8 : sequence(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

// As cJSON needs it: ended by NUL, with none inside.
std::string c_text(std::string_view text) { return clean(text) ? std::string(text) : text::valid_utf8(text); }

// The UTF-16 unit of an escape (\uXXXX) at `at`; -1 where there is none.
int unit_at(std::string_view text, std::size_t at) {
  if (at + 6 > text.size() || text[at] != '\\' || text[at + 1] != 'u') return -1;
  int unit = 0;
  for (char c : text.substr(at + 2, 4)) {
    int digit = c >= '0' && c <= '9'   ? c - '0'
                : c >= 'a' && c <= 'f' ? c - 'a' + 10
                : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                       : -1;
    if (digit < 0) return -1;
    unit = unit * 16 + digit;
  }
  return unit;
}

bool high(int unit) { return unit >= 0xd800 && unit < 0xdc00; }
bool low(int unit) { return unit >= 0xdc00 && unit < 0xe000; }

// Where the next escape stands that is no character, from `at` on: NUL or half a surrogate pair.
std::size_t next_bad_escape(std::string_view text, std::size_t at) {
  while ((at = text.find('\\', at)) != std::string_view::npos) {
    int unit = unit_at(text, at);
    if (unit == 0 || low(unit)) return at;
    if (high(unit) && !low(unit_at(text, at + 6))) return at;
    at += high(unit) ? 12 : 2;
  }
  return at;
}

// The text with only characters in it, without a copy when it was so already (nearly always). Escapes are
// replaced by one of the same length, so a position in an error stays right.
std::string_view repaired(std::string_view text, std::string& storage) {
  if (!clean(text)) text = storage = text::valid_utf8(text);
  std::size_t bad = next_bad_escape(text, 0);
  if (bad == std::string_view::npos) return text;
  if (text.data() != storage.data()) storage = text;
  for (; bad != std::string_view::npos; bad = next_bad_escape(storage, bad + 6))
    storage.replace(bad, 6, "\\ufffd");
  return storage;
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

JsonView JsonView::at(std::size_t index) const {
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

JsonView::Iterator JsonView::begin() const {
  return Iterator(is_array() || is_object() ? node_->child : nullptr);
}

JsonView::Iterator& JsonView::Iterator::operator++() {
  node_ = node_->next;
  return *this;
}

void Json::Free::operator()(cJSON* node) const { cJSON_Delete(node); }

Json::Json() : node_(cJSON_CreateNull()) {}
Json::Json(std::string_view text) : node_(cJSON_CreateString(c_text(text).c_str())) {}
Json::Json(Json&&) noexcept = default;
Json& Json::operator=(Json&&) noexcept = default;
Json::~Json() = default;

Json Json::from_bool(bool value) { return Json(cJSON_CreateBool(value)); }
Json Json::from_number(double value) { return Json(cJSON_CreateNumber(value)); }
Json Json::object() { return Json(cJSON_CreateObject()); }
Json Json::array() { return Json(cJSON_CreateArray()); }

Result<Json> Json::parse(std::string_view text) {
  if (nests_too_deep(text)) return fail("JSON nests deeper than {}", kMaxDepth);
  std::string storage;
  text = repaired(text, storage);
  const char* end = nullptr;
  Json json(cJSON_ParseWithLengthOpts(text.data(), text.size(), &end, false));
  std::size_t parsed = end ? static_cast<std::size_t>(end - text.data()) : 0;
  if (!json.node_) return fail("not JSON: broken at byte {} of {}", parsed, text.size());
  std::size_t rest = text.find_first_not_of(" \t\r\n", parsed);
  if (rest != std::string_view::npos) return fail("not JSON: something follows the value at byte {}", rest);
  return json;
}

Json& Json::set(std::string_view key, Json value) & {
  assert(view().is_object());
  std::string name = c_text(key);
  if (view()[name])
    cJSON_ReplaceItemInObjectCaseSensitive(node_.get(), name.c_str(), value.node_.release());
  else
    cJSON_AddItemToObject(node_.get(), name.c_str(), value.node_.release());
  return *this;
}

Json& Json::push(Json value) & {
  assert(view().is_array());
  cJSON_AddItemToArray(node_.get(), value.node_.release());
  return *this;
}

Json Json::clone(JsonView view) { return view ? Json(cJSON_Duplicate(view.raw(), true)) : Json(); }

}  // namespace coordinator
