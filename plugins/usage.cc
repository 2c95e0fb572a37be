// The command /usage: what turns used, in tokens and money, by channel, user and day.
#include <algorithm>
#include <coordinator/plugin.hpp>
#include <map>

using namespace coordinator::plugin;

namespace {

constexpr std::int64_t kDay = 86'400'000;
constexpr std::size_t kMostRows = 10'000;  // of what the host tells

struct Sum {
  std::string name;
  std::uint64_t turns = 0, input = 0, output = 0;
  double cost = 0;

  void add(const UsageRow& row) {
    turns += row.turns, input += row.input_tokens, output += row.output_tokens;
    cost += row.cost_usd;
  }
  std::string words() const {
    return dollars(cost) + " · " + counted(turns, "turn") + " · " + rounded(input) + " tokens in, " +
           rounded(output) + " out";
  }
};

std::string by_channel(const UsageRow& row) { return channel_mention(row.channel); }
std::string by_user(const UsageRow& row) { return user_mention(row.user); }
// Discord writes the day as its reader does; noon, so that it is the same day in most of the world.
std::string by_day(const UsageRow& row) {
  return "<t:" + decimal(static_cast<std::uint64_t>((row.day + kDay / 2) / 1000)) + ":d>";
}

std::vector<Sum> sums(const std::vector<UsageRow>& rows, std::string (*name_of)(const UsageRow&)) {
  std::vector<Sum> all;
  std::map<std::string, std::size_t> places;
  for (const UsageRow& row : rows) {
    auto [place, is_new] = places.try_emplace(name_of(row), all.size());
    if (is_new) all.push_back(Sum{place->first});
    all[place->second].add(row);
  }
  return all;
}

std::string table(std::vector<Sum> all, bool dearest_first, std::size_t most_lines, std::size_t room) {
  if (dearest_first)
    std::stable_sort(all.begin(), all.end(), [](const Sum& a, const Sum& b) { return a.cost > b.cost; });
  Lines lines(room, most_lines);
  for (const Sum& sum : all) lines.add(sum.name + " " + sum.words());
  return lines.text();
}

Message report(const std::vector<UsageRow>& rows, std::int64_t days, const std::string& by) {
  Sum total;
  for (const UsageRow& row : rows) total.add(row);
  Embed embed;
  embed.title(days == 1 ? "Usage of the last day"
                        : "Usage of the last " + grouped(static_cast<std::uint64_t>(days)) + " days");
  bool cut = rows.size() >= kMostRows;
  embed.footer((cut ? "Only the latest " + grouped(rows.size()) + " rows, of a day, channel and user each: "
                    : "In all: ") +
               total.words());
  if (by == "channel") embed.description(table(sums(rows, by_channel), true, 40, 4096));
  if (by == "user") embed.description(table(sums(rows, by_user), true, 40, 4096));
  if (by == "day") embed.description(table(sums(rows, by_day), false, 40, 4096));
  if (by.empty()) {
    embed.field("By channel", table(sums(rows, by_channel), true, 8, 1024));
    embed.field("By user", table(sums(rows, by_user), true, 8, 1024));
    embed.field("By day", table(sums(rows, by_day), false, 8, 1024));
  }
  return Message().embed(embed);
}

void run(const Call& call) {
  std::int64_t days = call.integer("days", 30);
  if (days < 1 || days > 365) return void(call.whisper("`days` is a number from 1 to 365."));
  std::string by = call.text("by");
  // Whole days, today's included.
  std::int64_t since = (now_ms() / kDay - days + 1) * kDay;
  usage_since(call, since,
              [held = call.hold(), days, by](const Outcome& outcome, const std::vector<UsageRow>& rows) {
                if (!outcome.ok()) return void(held->whisper(outcome.words_or("")));
                if (rows.empty()) return void(held->whisper("No turn has run in this time."));
                held->respond(report(rows, days, by));
              });
}

}  // namespace

COORDINATOR_PLUGIN(plugin, "usage", "1.0", "Counts tokens and cost") {
  plugin.command("usage", "Shows tokens and cost by channel, user and day")
      .option(Option::integer("days", "How many days back, 1 to 365; 30 where it is not said"))
      .option(Option::text("by", "One list only, but longer")
                  .choice("channel", "channel")
                  .choice("user", "user")
                  .choice("day", "day"))
      .ephemeral()
      .run(run);
  plugin.need_extension(COORDINATOR_USAGE);
}
