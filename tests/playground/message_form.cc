#include "message_form.h"

#include <algorithm>
#include <set>

#include "base/text.h"

namespace coordinator::playground {

namespace {

constexpr std::size_t kContent = 2000, kNonce = 25, kFiles = 10, kIds = 100;
constexpr std::size_t kFileBytes = 10 * 1024 * 1024, kAllBytes = 25 * 1024 * 1024;

std::uint32_t settable_flags(Purpose purpose) {
  std::uint32_t flags = Message::kSuppressEmbeds | Message::kComponentsV2;
  if (purpose != Purpose::edit) flags |= Message::kSilent | 1 << 13;
  if (purpose == Purpose::webhook || purpose == Purpose::callback) flags |= Message::kEphemeral;
  return flags;
}

template <class Id>
std::vector<Id> ids(JsonView list, const std::string& path, FormErrors& errors) {
  std::vector<Id> out;
  if (list.size() > kIds) errors.too_long(path, kIds);
  std::size_t index = 0;
  for (JsonView entry : list) {
    if (auto id = entry.id<Id>())
      out.push_back(*id);
    else
      errors.type(fmt::format("{}/{}", path, index), "snowflake");
    ++index;
  }
  return out;
}

AllowedMentions read_allowed(JsonView allowed, Purpose purpose, FormErrors& errors) {
  AllowedMentions out;
  if (!allowed.is_object()) {
    if (purpose == Purpose::webhook || purpose == Purpose::callback) out.roles = out.everyone = false;
    return out;
  }
  out = {false, false, false, allowed["replied_user"].truthy(), {}, {}};
  std::size_t index = 0;
  for (JsonView kind : allowed["parse"]) {
    auto name = kind.text().value_or("");
    (name == "users" ? out.users : name == "roles" ? out.roles : out.everyone) = true;
    if (name != "users" && name != "roles" && name != "everyone")
      errors.choice(fmt::format("allowed_mentions/parse/{}", index), "'users', 'roles', 'everyone'");
    ++index;
  }
  out.only_users = ids<UserId>(allowed["users"], "allowed_mentions/users", errors);
  out.only_roles = ids<RoleId>(allowed["roles"], "allowed_mentions/roles", errors);
  if ((out.users && !out.only_users.empty()) || (out.roles && !out.only_roles.empty()))
    errors.add("allowed_mentions", "parse and a list of the same kind are mutually exclusive.");
  return out;
}

void read_nonce(JsonView nonce, MessageForm& form, FormErrors& errors) {
  if (!nonce || nonce.is_null()) return;
  if (nonce.is_string() && nonce.text()->size() > kNonce) return errors.too_long("nonce", kNonce);
  if (!nonce.is_string() && !nonce.is_number()) return errors.type("nonce", "string");
  form.nonce = Json::clone(nonce);
}

void read_reference(JsonView reference, MessageForm& form, FormErrors& errors) {
  if (!reference.is_object()) return;
  form.reply_to = reference["message_id"].id<MessageId>();
  if (!form.reply_to) errors.required("message_reference/message_id");
  form.fail_if_not_exists = reference["fail_if_not_exists"].boolean().value_or(true);
}

// `attachments` describes the new files by their n and, in an edit, lists the old ones that stay by their id.
void read_attachments(JsonView list, std::vector<std::pair<int, Attachment>>& files, MessageForm& form,
                      FormErrors& errors) {
  if (!list.is_array()) return;
  form.keep_files.emplace();
  std::size_t index = 0;
  std::set<int> listed;
  for (JsonView entry : list) {
    std::string path = fmt::format("attachments/{}", index++);
    check_text(entry, "description", 0, 1024, path, errors);
    std::string id = entry["id"].is_number() ? std::to_string(entry["id"].integer().value_or(-1))
                                             : entry["id"].text_or("");
    auto file = std::find_if(files.begin(), files.end(),
                             [&id](const auto& f) { return std::to_string(f.first) == id; });
    if (file != files.end()) {
      if (!listed.insert(file->first).second) errors.add(path + "/id", "It is listed twice.");
      if (entry["filename"].is_string()) file->second.filename = entry["filename"].text_or("");
      file->second.description = entry["description"].text_or("");
      file->second.spoiler = entry["is_spoiler"].truthy();
    } else if (id.size() >= 15) {
      form.keep_files->push_back(id);
    } else {
      errors.add(path + "/id", fmt::format("There is no files[{}].", id));
    }
  }
  for (const auto& [n, file] : files)
    if (!listed.contains(n)) errors.add("attachments", fmt::format("files[{}] is not listed.", n));
}

bool too_large(const std::vector<std::pair<int, Attachment>>& files) {
  std::size_t sum = 0, largest = 0;
  for (const auto& [n, file] : files) {
    sum += file.bytes->size();
    largest = std::max(largest, file.bytes->size());
  }
  return largest > kFileBytes || sum > kAllBytes;
}

bool says_nothing(const MessageForm& form, JsonView body) {
  return text::blank(form.content.value_or("")) && form.files.empty() &&
         (!form.embeds || form.embeds->view().size() == 0) &&
         (!form.components || form.components->view().size() == 0) && !body["poll"].is_object() &&
         body["sticker_ids"].size() == 0;
}

}  // namespace

Checked<MessageForm> read_message(JsonView body, std::vector<std::pair<int, Attachment>> files,
                                  Purpose purpose) {
  if (too_large(files)) return tl::unexpected(Reply::error(413, 40005, "Request entity too large"));
  MessageForm form;
  FormErrors errors;
  auto given = [&body](const char* key) { return body[key] && !body[key].is_null(); };
  check_text(body, "content", 0, kContent, "", errors);
  if (body["content"]) form.content = std::string(text::trimmed(body["content"].text().value_or("")));
  if (given("flags")) {
    auto flags = body["flags"].integer().value_or(-1);
    if (flags < 0 || (flags & ~static_cast<std::int64_t>(settable_flags(purpose))))
      errors.add("flags", "Invalid flags");
    form.flags = static_cast<std::uint32_t>(flags);
  }
  bool v2 = form.flags.value_or(0) & Message::kComponentsV2;
  if (body["embeds"]) form.embeds = checked_embeds(body["embeds"], errors);
  if (body["components"])
    form.components = checked_components(body["components"], Surface::message, v2, errors);
  if (v2)
    for (const char* key : {"content", "embeds", "poll", "sticker_ids"})
      if (body[key].size() > 0 || !body[key].text().value_or("").empty())
        errors.add(key, "The field cannot be used when using MessageFlags.IS_COMPONENTS_V2");
  form.allowed = read_allowed(body["allowed_mentions"], purpose, errors);
  if (purpose == Purpose::create) {
    read_nonce(body["nonce"], form, errors);
    form.enforce_nonce = body["enforce_nonce"].truthy();
    read_reference(body["message_reference"], form, errors);
  }
  form.tts = body["tts"].truthy();
  read_attachments(body["attachments"], files, form, errors);
  if (files.size() > kFiles) errors.too_long("files", kFiles);
  if (!errors.empty()) return tl::unexpected(Reply::invalid(errors));
  for (auto& [n, file] : files) form.files.push_back(std::move(file));
  if (purpose != Purpose::edit && says_nothing(form, body))
    return tl::unexpected(Reply::error(400, 50006, "Cannot send an empty message"));
  return form;
}

}  // namespace coordinator::playground
