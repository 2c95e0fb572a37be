#include "faults.h"

#include <algorithm>

namespace coordinator::playground {

namespace {

template <class Fault, class Matches>
std::optional<Fault> take_first(std::vector<Fault>& faults, Matches fits) {
  auto found = std::find_if(faults.begin(), faults.end(), fits);
  if (found == faults.end()) return std::nullopt;
  Fault fault = *found;
  if (--found->count <= 0) faults.erase(found);
  return fault;
}

const char* name(RestFault::Action action) {
  constexpr const char* names[] = {"status", "rate_limit", "cloudflare", "hang", "cut", "refuse", "delay"};
  return names[static_cast<int>(action)];
}

const char* name(DispatchFault::Action action) {
  constexpr const char* names[] = {"duplicate", "mute", "delay"};
  return names[static_cast<int>(action)];
}

}  // namespace

bool Faults::matches(std::string_view route, std::string_view path) {
  if (route.empty()) return true;
  while (true) {
    auto route_end = route.find('/'), path_end = path.find('/');
    auto wanted = route.substr(0, route_end), found = path.substr(0, path_end);
    if (wanted != found && wanted != "*" && wanted.substr(0, 1) != "{") return false;
    if (route_end == std::string_view::npos || path_end == std::string_view::npos)
      return route_end == path_end;
    route.remove_prefix(route_end + 1);
    path.remove_prefix(path_end + 1);
  }
}

void Faults::clear() {
  rest_.clear();
  dispatch_.clear();
  refused_connections_ = 0;
  files_ = 200;
}

std::optional<RestFault> Faults::take(std::string_view method, std::string_view path) {
  return take_first(rest_, [&](const RestFault& fault) {
    return (fault.method.empty() || fault.method == method) && matches(fault.route, path);
  });
}

std::optional<DispatchFault> Faults::take_dispatch(std::string_view event) {
  return take_first(dispatch_,
                    [&](const DispatchFault& fault) { return fault.event.empty() || fault.event == event; });
}

bool Faults::take_refusal() {
  if (refused_connections_ <= 0) return false;
  --refused_connections_;
  return true;
}

Json Faults::list() const {
  Json out = Json::array();
  for (const auto& fault : rest_)
    out.push(Json::object()
                 .set("fault", "rest")
                 .set("method", fault.method)
                 .set("route", fault.route)
                 .set("action", name(fault.action))
                 .set("count", fault.count));
  for (const auto& fault : dispatch_)
    out.push(
        Json::object().set("fault", name(fault.action)).set("event", fault.event).set("count", fault.count));
  if (refused_connections_ > 0)
    out.push(Json::object().set("fault", "refuse_gateway").set("count", refused_connections_));
  return out;
}

}  // namespace coordinator::playground
