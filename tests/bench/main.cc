// The benchmarks: each figure beside the least that could be done for it, in turn, in one run. Only the
// ratios carry over to another machine; a median of several rounds keeps a noisy one honest.
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "agent/claude_lines.h"
#include "base/json.h"
#include "base/text.h"
#include "chat/queues.h"
#include "discord/envelope.h"
#include "render/splitter.h"
#include "store/sqlite_store.h"

using namespace coordinator;

namespace {

constexpr int kRounds = 7;
volatile std::size_t sink;  // keeps the compiler from seeing that nobody needs the results

double seconds(const std::function<void()>& work) {
  auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + static_cast<long>(values.size() / 2), values.end());
  return values[values.size() / 2];
}

// One row: `ours` and `floor` do the same number of things, and are measured in turn.
void row(const char* what, const char* against, double things, const std::function<void()>& ours,
         const std::function<void()>& floor) {
  std::vector<double> our_times, floor_times;
  for (int round = 0; round < kRounds; ++round) {
    our_times.push_back(seconds(ours));
    floor_times.push_back(seconds(floor));
  }
  double our = median(our_times) / things * 1e6, least = median(floor_times) / things * 1e6;
  fmt::print("{:44} {:10.3f} us   {:34} {:10.3f} us   {:8.2f}x\n", what, our, against, least, our / least);
}

void queue_operations(std::uint64_t channels) {
  constexpr int kOperations = 100'000;
  chat::Queues queues(50, channels);
  for (std::uint64_t i = 1; i <= channels; ++i) queues.adopt(ChannelId{i});
  std::uint64_t at = 0;
  auto ours = [&] {
    for (int i = 0; i < kOperations; ++i) {
      ChannelId channel{1 + (at++ * 7919) % channels};
      queues.finished(channel);
      store::Inbox mention;
      mention.channel = channel;
      queues.offer(std::move(mention));
      sink = queues.next().has_value();
    }
  };
  std::vector<std::uint64_t> array(channels);
  auto floor = [&] {
    for (int i = 0; i < kOperations; ++i) sink = ++array[(at++ * 7919) % channels];
  };
  row(fmt::format("queue: end, offer, start; {} channels", channels).c_str(), "one array access", kOperations,
      ours, floor);
}

void ignored_events() {
  std::string event = R"({"t":"MESSAGE_CREATE","s":42,"op":0,"d":{"id":"1290926798999357250","content":")" +
                      std::string(900, 'x') +
                      R"(","author":{"id":"80351110224678912","username":"nobody"}}})";
  constexpr int kEvents = 20'000;
  auto scan = [&] {
    for (int i = 0; i < kEvents; ++i)
      sink = discord::scan_envelope(event)->op + event.find("1100000000000000900");
  };
  auto tree = [&] {
    for (int i = 0; i < kEvents; ++i) sink = Json::parse(event)->view().size();
  };
  auto search = [&] {
    for (int i = 0; i < kEvents; ++i) sink = event.find("1100000000000000900");
  };
  row("an event that concerns nobody", "search for our id alone", kEvents, scan, search);
  row("the same with a JSON tree", "search for our id alone", kEvents, tree, search);
}

void splitter() {
  std::string text;
  while (text.size() < 1'000'000)
    text +=
        "A paragraph of *some* words, with `code` and an emoji 👩‍🚀 in it.\n\n```cpp\nint main() { "
        "return "
        "0; }\n```\n\n- item\n";
  auto ours = [&] { sink = render::split(text).size(); };
  auto floor = [&] { sink = text::code_points(text); };
  row("split a megabyte of Markdown", "count its code points", 1, ours, floor);
}

void agent_lines() {
  std::string line =
      R"({"type":"assistant","message":{"id":"m","role":"assistant","content":[{"type":"text","text":")" +
      std::string(400, 'x') + R"("}]},"parent_tool_use_id":null,"session_id":"s","uuid":"u"})";
  constexpr int kLines = 20'000;
  auto ours = [&] {
    for (int i = 0; i < kLines; ++i) sink = agent::parse_claude_line(line).size();
  };
  auto floor = [&] {
    for (int i = 0; i < kLines; ++i) sink = Json::parse(line)->view().size();
  };
  row("a line of the agent", "its JSON tree alone", kLines, ours, floor);
}

void commits() {
  std::string directory = (std::filesystem::temp_directory_path() / "coordinator-bench-XXXXXX").string();
  if (!mkdtemp(directory.data())) return;
  auto store = store::SqliteStore::open(directory + "/state");
  int file = open((directory + "/file").c_str(), O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600);
  constexpr int kCommits = 100;
  std::uint64_t id = 1;
  auto ours = [&] {
    for (int i = 0; i < kCommits; ++i) {
      store::Inbox mention;
      mention.message = MessageId{id++};
      mention.prompt = std::string(200, 'x');
      (*store)->write(mention);
      (*store)->commit([](const Status& done) { sink = done.has_value(); });
    }
  };
  std::string page(4096, 'x');
  auto floor = [&] {
    for (int i = 0; i < kCommits; ++i)
      sink = static_cast<std::size_t>(write(file, page.data(), page.size())) + fdatasync(file);
  };
  if (store) row("commit one mention", "append a page and fdatasync", kCommits, ours, floor);
  close(file);
  store = fail("done");
  std::filesystem::remove_all(directory);
}

}  // namespace

int main() {
  fmt::print("{:44} {:>13}   {:34} {:>13}   {:>9}\n", "what", "ours", "beside", "theirs", "ratio");
  for (std::uint64_t channels : {10, 1'000, 100'000, 1'000'000}) queue_operations(channels);
  ignored_events();
  splitter();
  agent_lines();
  commits();
}
