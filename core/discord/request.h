// One REST request as the rest of the house states it: a route, a lane, a body. The rest client knows limits
// and retries.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "base/result.h"
#include "base/shared_bytes.h"

namespace coordinator::discord {

// In this order of precedence, whenever there is a choice.
enum class Lane { callback, approval, answer, edit, ambient };  // ambient: typing, reactions

enum class Method { get, post, put, patch, del };

// A path below /api/v10 and the key that its rate limit is known by before Discord names the bucket. Made by
// routes.h only.
struct Route {
  Method method = Method::get;
  std::string path;          // "/channels/123/messages/456"
  std::string template_;     // "/channels/{}/messages/{}"
  std::string major;         // the top-level id: "123"; webhooks: "id/token"
  bool global_limit = true;  // counts against the bot's global limit (interaction routes do not)
};

struct File {
  std::string name, content_type;
  SharedBytes bytes;
};

struct Request {
  Route route;
  Lane lane = Lane::answer;
  std::optional<Json> body;
  std::vector<File> files;  // with any: multipart, body becomes payload_json
  std::optional<Millis>
      useful_for;  // a request that has not gone out by then is dropped as `expired` (typing)
};

struct Response {
  int status = 0;
  Json body;  // null where there was none
};

struct RestError {
  enum class Kind {
    refused,    // Discord said no for good (4xx): `status`, `code`, `message`
    token,      // 401: nothing will be sent any more until the token is changed
    exhausted,  // network errors or 5xx, and the retries are used up
    expired,    // not useful any more when its time came
    cancelled,
  };
  Kind kind = Kind::refused;
  int status = 0;
  int code = 0;  // Discord's JSON error code, 0 where there was none
  std::string message;
};

using RestResult = tl::expected<Response, RestError>;
using RestCallback = std::function<void(RestResult)>;

}  // namespace coordinator::discord
