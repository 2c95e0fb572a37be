#include "store/attachment_list.h"

#include <utility>

#include "base/json.h"
#include "store/words.h"

namespace coordinator::store {

std::string to_text(const std::vector<Attachment>& attachments) {
  if (attachments.empty()) return {};
  Json list = Json::array();
  for (const Attachment& each : attachments)
    list.push(Json::object()
                  .set("name", each.name)
                  .set("url", each.url)
                  .set("bytes", each.bytes)
                  .set("quoted", each.quoted)
                  .set("state", word(each.state))
                  .set("type", each.type)
                  .set("picture", each.picture));
  return list.dump();
}

std::vector<Attachment> parse_attachments(std::string_view text) {
  std::vector<Attachment> attachments;
  if (text.empty()) return attachments;
  auto list = Json::parse(text);
  if (!list) return attachments;
  for (JsonView each : list->view()) {
    auto state = state_of<AttachmentState>(kAttachmentWords, each["state"].text_or(""));
    if (!state || each["name"].text_or("").empty()) continue;
    attachments.push_back({each["name"].text_or(""), each["url"].text_or(""),
                           static_cast<std::uint64_t>(each["bytes"].integer().value_or(0)),
                           each["quoted"].truthy(), *state, each["type"].text_or(""),
                           each["picture"].truthy()});
  }
  return attachments;
}

}  // namespace coordinator::store
