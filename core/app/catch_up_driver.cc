#include "app/catch_up_driver.h"

#include <utility>

#include "base/log.h"
#include "base/random.h"
#include "discord/decode.h"
#include "discord/message.h"
#include "discord/routes.h"
#include "io/loop.h"

namespace coordinator::app {

namespace {

using discord::RestResult;
namespace routes = discord::routes;

constexpr const char* kArea = "catch-up";

template <class Read>
auto read(const RestResult& result, Read decode)
    -> chat::catch_up::Answer<decltype(decode(result->body.view()))> {
  if (!result) return tl::unexpected(result.error());
  return decode(result->body.view());
}

}  // namespace

CatchUpDriver::CatchUpDriver(io::Loop& loop, discord::Rest& rest, const Config& config, Links links)
    : loop_(loop),
      rest_(rest),
      links_(std::move(links)),
      machine_(config.projects, config.catch_up, system_seed()),
      timer_(loop, [this] { perform(machine_.tick(now())); }) {}

void CatchUpDriver::restore(std::string_view note) { machine_.restore(note, now()); }

void CatchUpDriver::perform(const chat::CatchUp::Acts& acts) {
  for (const auto& wanted : acts) std::visit([this](const auto& each) { act(each); }, wanted);
  auto due = machine_.next_deadline();
  if (!due) return timer_.stop();
  timer_.start(*due - now().instant);
}

void CatchUpDriver::act(const chat::catch_up::FetchMessages& act) {
  fetch(routes::messages(act.channel, act.count, act.after),
        [this, request = act.request](RestResult result) {
          perform(machine_.messages(request, read(result, discord::decode_messages), now()));
        });
}

void CatchUpDriver::act(const chat::catch_up::FetchThreads& act) {
  fetch(routes::archived_threads(act.channel, act.before), [this, request = act.request](RestResult result) {
    perform(machine_.threads(request, read(result, discord::decode_threads), now()));
  });
}

void CatchUpDriver::act(const chat::catch_up::FetchMember& act) {
  fetch(routes::member(act.guild, act.user), [this, request = act.request](RestResult result) {
    perform(machine_.member(request, read(result, discord::parse_member), now()));
  });
}

void CatchUpDriver::act(const chat::LogLine& act) {
  if (log::enabled(act.level)) log::write(act.level, kArea, act.text);
}

void CatchUpDriver::fetch(discord::Route route, std::function<void(RestResult)> done) {
  discord::Request request;
  request.route = std::move(route);
  request.lane = discord::Lane::answer;
  rest_.send(std::move(request), std::move(done));
}

Now CatchUpDriver::now() const { return loop_.now(); }

}  // namespace coordinator::app
