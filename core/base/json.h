// JSON as checked values: Json owns a cJSON tree, JsonView borrows one. A wrong type reads as absent, never
// as a crash.
//
// Every string and key in a tree is well-formed UTF-8 without NUL, whether it was parsed or built: a byte
// that is not UTF-8, a NUL (raw, or written \u0000) and half a surrogate pair (\ud83d alone, which JavaScript
// writes when it cuts a text in an emoji) each become U+FFFD. cJSON ends its strings at NUL, so anything else
// would lose what follows.
#pragma once

#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "base/result.h"

struct cJSON;

namespace coordinator {

// A borrowed value, valid while the Json that owns it lives and is not changed. Copy it freely. A
// default-made or absent view is falsy, and everything asked of it is absent too, so chains need no checks:
// `message["author"]["id"].text()`.
class JsonView {
 public:
  JsonView() = default;
  explicit JsonView(const cJSON* node) : node_(node) {}

  explicit operator bool() const { return node_ != nullptr; }
  bool is_null() const;
  bool is_object() const;
  bool is_array() const;
  bool is_string() const;
  bool is_number() const;

  // A member by its exact name, or the nth element; absent when there is none.
  JsonView operator[](std::string_view key) const;
  JsonView operator[](const char* key) const { return (*this)[std::string_view(key)]; }
  // (A template, so that a literal 0 is not taken for a null pointer to a name.)
  template <std::integral Index>
  JsonView operator[](Index index) const {
    return at(static_cast<std::size_t>(index));
  }
  // The number of elements or members.
  std::size_t size() const;

  std::optional<std::string_view> text() const;
  std::string text_or(std::string_view otherwise) const { return std::string(text().value_or(otherwise)); }
  std::optional<double> number() const;
  // Whole numbers within +-2^53 only: JSON numbers are doubles here, and Discord sends larger ones as
  // strings.
  std::optional<std::int64_t> integer() const;
  std::optional<bool> boolean() const;
  bool truthy() const { return boolean().value_or(false); }
  // A snowflake written as a string.
  template <class Id>
  std::optional<Id> id() const {
    auto digits = text();
    return digits ? Id::parse(*digits) : std::nullopt;
  }

  // The member's own name, where this is a member of an object; empty otherwise.
  std::string_view key() const;
  std::string dump() const;

  class Iterator {
   public:
    using value_type = JsonView;
    using difference_type = std::ptrdiff_t;
    explicit Iterator(const cJSON* node) : node_(node) {}
    JsonView operator*() const { return JsonView(node_); }
    Iterator& operator++();
    bool operator==(const Iterator&) const = default;

   private:
    const cJSON* node_;
  };
  // Over the elements of an array or the members of an object; nothing for anything else.
  Iterator begin() const;
  Iterator end() const { return Iterator(nullptr); }

  const cJSON* raw() const { return node_; }

 private:
  JsonView at(std::size_t index) const;

  const cJSON* node_ = nullptr;
};

// An owned tree, built or parsed. Moves; copies only by clone().
class Json {
 public:
  Json();  // null
  Json(std::string_view text);
  Json(const std::string& text) : Json(std::string_view(text)) {}
  Json(const char* text) : Json(std::string_view(text)) {}
  template <std::same_as<bool> Bool>
  Json(Bool value) : Json(from_bool(value)) {}
  template <class Number>
  requires(std::integral<Number> || std::floating_point<Number>) &&
      (!std::same_as<Number, bool>)Json(Number value) : Json(from_number(static_cast<double>(value))) {}
  template <class Tag>
  Json(const Snowflake<Tag>& id) : Json(id.text()) {}  // as Discord writes them: a string
  Json(Json&&) noexcept;
  Json& operator=(Json&&) noexcept;
  ~Json();

  static Json object();
  static Json array();
  // The whole text must be one value (blanks around it allowed), nested no deeper than 200; the error says
  // where it broke. Of members with one name the first counts.
  static Result<Json> parse(std::string_view text);

  // On an object (asserted): sets or replaces. Returns *this, to be chained; the rvalue form ends in a value.
  Json& set(std::string_view key, Json value) &;
  Json&& set(std::string_view key, Json value) && { return std::move(set(key, std::move(value))); }
  // On an array (asserted).
  Json& push(Json value) &;
  Json&& push(Json value) && { return std::move(push(std::move(value))); }

  Json clone() const { return clone(view()); }
  static Json clone(JsonView view);
  JsonView view() const { return JsonView(node_.get()); }
  JsonView operator[](std::string_view key) const { return view()[key]; }
  JsonView operator[](const char* key) const { return view()[key]; }
  template <std::integral Index>
  JsonView operator[](Index index) const {
    return view()[index];
  }
  // Without blanks or line breaks: one line, and always UTF-8.
  std::string dump() const { return view().dump(); }

 private:
  struct Free {
    void operator()(cJSON* node) const;
  };
  explicit Json(cJSON* node) : node_(node) {}
  static Json from_bool(bool value);
  static Json from_number(double value);

  std::unique_ptr<cJSON, Free> node_;
};

}  // namespace coordinator
