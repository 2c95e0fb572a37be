// The environment of a child: what is on a list, and nothing else. The daemon's own secrets are on none.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agent/spec.h"
#include "base/environment.h"

namespace coordinator::agent {

// Names that an adapter lets through beside the common ones; a last `*` stands for any ending.
using NameList = std::vector<std::string_view>;

// What an agent gets: of `own` the common names (PATH, HOME, locale, time zone, proxies, certificates), those
// of `names` and settings.pass_environment; then `additions`; then settings.environment; then TERM=dumb and
// the turn's marker. Never the Discord token or systemd's credentials, whoever asks for them.
Environment child_environment(const Environment& own, const NameList& names, const Environment& additions,
                              const AgentSettings& settings, const std::string& turn_id);

}  // namespace coordinator::agent
