// What message components and modals may hold.
#include <set>

#include "rules.h"

namespace coordinator::playground {

namespace {

enum Type {
  kRow = 1,
  kButton = 2,
  kStringSelect = 3,
  kTextInput = 4,
  kUserSelect = 5,
  kChannelSelect = 8,
  kSection = 9,
  kTextDisplay = 10,
  kThumbnail = 11,
  kGallery = 12,
  kFile = 13,
  kSeparator = 14,
  kContainer = 17,
  kLabel = 18,
  kUpload = 19,
};

constexpr std::size_t kRows = 5, kAll = 40, kDisplayText = 4000;

bool is_select(std::int64_t type) {
  return type == kStringSelect || (type >= kUserSelect && type <= kChannelSelect);
}

class Checker {
 public:
  Checker(Surface surface, bool v2, FormErrors& errors) : surface_(surface), v2_(v2), errors_(errors) {}

  Json list(JsonView components, const std::string& path, bool top) {
    Json out = Json::array();
    std::size_t index = 0;
    for (JsonView component : components) out.push(one(component, fmt::format("{}/{}", path, index++), top));
    return out;
  }

  void finish(const std::string& path) {
    if (count_ > kAll) errors_.add(path, fmt::format("The maximum number of components is {}.", kAll));
    if (text_ > kDisplayText)
      errors_.add(path, fmt::format("The text of all components exceeds {} characters.", kDisplayText));
  }

 private:
  Json one(JsonView component, const std::string& path, bool top) {
    ++count_;
    auto type = component["type"].integer().value_or(0);
    Json out = Json::object().set("type", type).set("id", next_id_++);
    if (!allowed(type, top)) {
      errors_.choice(path + "/type", top && !v2_ && surface_ == Surface::message ? "1" : "the known types");
      return out;
    }
    if (type == kRow) row(component, path, out);
    if (type == kButton) button(component, path, out);
    if (is_select(type)) select(component, path, out);
    if (type == kTextInput) text_input(component, path, out);
    if (type == kLabel) label(component, path, out);
    if (type == kTextDisplay) display(component, path, out);
    if (type == kSection) section(component, path, out);
    if (type == kContainer) container(component, path, out);
    if (type == kSeparator)
      out.set("spacing", component["spacing"].integer().value_or(1))
          .set("divider", component["divider"].boolean().value_or(true));
    if (type == kThumbnail) media(component["media"], path, out);
    if (type == kFile) file(component, path, out);
    if (type == kGallery) gallery(component, path, out);
    if (type >= kUpload)
      copy(component, out, {"custom_id", "min_values", "max_values", "required", "options"});
    return out;
  }

  bool allowed(std::int64_t type, bool top) const {
    if (surface_ == Surface::modal)
      return top ? type == kRow || type == kLabel || type == kTextDisplay : type >= kRow;
    if (!top) return type >= kRow && type <= kContainer && type != kTextInput;
    if (!v2_) return type == kRow;
    return type == kRow || (type >= kSection && type <= kContainer && type != kThumbnail);
  }

  static void copy(JsonView from, Json& to, std::initializer_list<const char*> keys) {
    for (const char* key : keys)
      if (from[key] && !from[key].is_null()) to.set(key, Json::clone(from[key]));
  }

  void custom_id(JsonView component, const std::string& path) {
    check_text(component, "custom_id", 1, 100, path, errors_);
    auto id = component["custom_id"].text_or("");
    if (!id.empty() && !custom_ids_.insert(id).second)
      errors_.add(path + "/custom_id", "Component custom id cannot be duplicated");
  }

  void row(JsonView component, const std::string& path, Json& out) {
    JsonView inside = component["components"];
    std::size_t buttons = 0, others = 0;
    for (JsonView child : inside) (child["type"].integer() == kButton ? buttons : others)++;
    if (inside.size() == 0) errors_.required(path + "/components");
    if (buttons > 5 || others > 1 || (buttons && others))
      errors_.add(path + "/components", "A row holds five buttons or one select.");
    out.set("components", list(inside, path + "/components", false));
  }

  void button(JsonView component, const std::string& path, Json& out) {
    auto style = component["style"].integer().value_or(0);
    if (style < 1 || style > 6) errors_.choice(path + "/style", "1, 2, 3, 4, 5, 6");
    check_text(component, "label", 0, 80, path, errors_);
    bool named = component["label"].text_or("") != "" || component["emoji"].is_object();
    if (!named && style != 6) errors_.add(path, "A button needs a label or an emoji.");
    if (style == 5) {
      check_text(component, "url", 1, 512, path, errors_);
      if (component["custom_id"]) errors_.add(path, "A custom id and url cannot both be specified");
    } else if (style >= 1 && style <= 4) {
      custom_id(component, path);
      if (component["url"]) errors_.add(path, "A custom id and url cannot both be specified");
    }
    out.set("style", style);
    copy(component, out, {"custom_id", "label", "emoji", "url", "disabled", "sku_id"});
  }

  void select(JsonView component, const std::string& path, Json& out) {
    custom_id(component, path);
    check_text(component, "placeholder", 0, 150, path, errors_);
    out.set("min_values", component["min_values"].integer().value_or(1))
        .set("max_values", component["max_values"].integer().value_or(1));
    copy(component, out,
         {"custom_id", "placeholder", "disabled", "default_values", "channel_types", "required"});
    if (component["type"].integer() != kStringSelect) return;
    JsonView options = component["options"];
    if (options.size() < 1 || options.size() > 25) errors_.length(path + "/options", 1, 25);
    std::set<std::string> values;
    std::size_t index = 0;
    for (JsonView option : options) {
      std::string at = fmt::format("{}/options/{}", path, index++);
      check_text(option, "label", 1, 100, at, errors_);
      check_text(option, "value", 1, 100, at, errors_);
      check_text(option, "description", 0, 100, at, errors_);
      if (!values.insert(option["value"].text_or("")).second)
        errors_.add(at + "/value", "The specified option value is already used");
    }
    if (options.is_array()) out.set("options", Json::clone(options));
  }

  void text_input(JsonView component, const std::string& path, Json& out) {
    custom_id(component, path);
    check_text(component, "placeholder", 0, 100, path, errors_);
    check_text(component, "value", 0, 4000, path, errors_);
    auto style = component["style"].integer().value_or(0);
    if (style != 1 && style != 2) errors_.choice(path + "/style", "1, 2");
    copy(component, out,
         {"custom_id", "style", "label", "placeholder", "value", "required", "min_length", "max_length"});
  }

  void label(JsonView component, const std::string& path, Json& out) {
    check_text(component, "label", 1, 45, path, errors_);
    check_text(component, "description", 0, 100, path, errors_);
    copy(component, out, {"label", "description"});
    if (!component["component"].is_object()) return errors_.required(path + "/component");
    out.set("component", one(component["component"], path + "/component", false));
  }

  void display(JsonView component, const std::string& path, Json& out) {
    check_text(component, "content", 1, kDisplayText, path, errors_);
    text_ += length(component["content"].text().value_or(""));
    out.set("content", component["content"].text_or(""));
  }

  void section(JsonView component, const std::string& path, Json& out) {
    auto texts = component["components"].size();
    if (texts < 1 || texts > 3) errors_.length(path + "/components", 1, 3);
    out.set("components", list(component["components"], path + "/components", false));
    if (!component["accessory"].is_object()) return errors_.required(path + "/accessory");
    out.set("accessory", one(component["accessory"], path + "/accessory", false));
  }

  void container(JsonView component, const std::string& path, Json& out) {
    if (component["components"].size() == 0) errors_.required(path + "/components");
    out.set("components", list(component["components"], path + "/components", false))
        .set("accent_color",
             component["accent_color"].is_number() ? Json::clone(component["accent_color"]) : Json())
        .set("spoiler", component["spoiler"].truthy());
  }

  Json unfurled(JsonView media, const std::string& path) {
    if (media["url"].text_or("").empty()) errors_.required(path + "/media/url");
    return Json::object()
        .set("id", std::to_string(next_media_++))
        .set("url", media["url"].text_or(""))
        .set("proxy_url", media["url"].text_or(""));
  }

  void media(JsonView media, const std::string& path, Json& out) {
    out.set("media", unfurled(media, path)).set("description", Json()).set("spoiler", false);
  }

  void file(JsonView component, const std::string& path, Json& out) {
    std::string url = component["file"]["url"].text_or("");
    if (url.rfind("attachment://", 0) != 0)
      errors_.add(path + "/file/url", "Must be an attachment:// reference.");
    out.set("file", unfurled(component["file"], path))
        .set("name", url.substr(std::min(url.size(), std::size_t{13})))
        .set("size", Json())
        .set("spoiler", component["spoiler"].truthy());
  }

  void gallery(JsonView component, const std::string& path, Json& out) {
    auto count = component["items"].size();
    if (count < 1 || count > 10) errors_.length(path + "/items", 1, 10);
    Json items = Json::array();
    std::size_t index = 0;
    for (JsonView item : component["items"])
      items.push(Json::object()
                     .set("media", unfurled(item["media"], fmt::format("{}/items/{}", path, index++)))
                     .set("description", Json())
                     .set("spoiler", item["spoiler"].truthy()));
    out.set("items", std::move(items));
  }

  Surface surface_;
  bool v2_;
  FormErrors& errors_;
  std::set<std::string> custom_ids_;
  std::size_t count_ = 0, text_ = 0;
  int next_id_ = 1;
  std::uint64_t next_media_ = 1300000000000000000;
};

}  // namespace

Json checked_components(JsonView components, Surface surface, bool v2, FormErrors& errors) {
  if (components && !components.is_null() && !components.is_array()) {
    errors.type("components", "a list");
    return Json::array();
  }
  Checker checker(surface, v2, errors);
  Json out = checker.list(components, "components", true);
  if (surface == Surface::message && !v2 && components.size() > kRows) errors.too_long("components", kRows);
  if (surface == Surface::modal && (components.size() < 1 || components.size() > kRows))
    errors.length("components", 1, kRows);
  checker.finish("components");
  return out;
}

}  // namespace coordinator::playground
