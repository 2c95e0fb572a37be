// The simulator's program: runs seeds one after the other; a seed whose books do not balance prints itself.
#include <fmt/format.h>

#include <cstdlib>
#include <string>
#include <string_view>

#include "run.h"

using namespace coordinator;
using namespace coordinator::simulation;

namespace {

struct Options {
  std::uint64_t first_seed = 1;
  std::uint64_t seeds = 50;
  int hours = 10;
  Mutation mutation = Mutation::none;
};

Mutation mutation_named(std::string_view name) {
  if (name == "act-before-commit") return Mutation::act_before_commit;
  if (name == "forget-the-nonce") return Mutation::forget_the_nonce;
  if (name == "drop-a-shim") return Mutation::drop_a_shim;
  if (name == "leave-the-gap") return Mutation::leave_the_gap;
  if (name == "lose-a-file") return Mutation::lose_a_file;
  if (name == "draw-behind") return Mutation::draw_behind;
  if (name == "lose-an-answer") return Mutation::lose_an_answer;
  fmt::print(stderr,
             "no mutation is named {}: act-before-commit, forget-the-nonce, drop-a-shim, "
             "leave-the-gap, lose-a-file, draw-behind, lose-an-answer\n",
             name);
  std::exit(2);
}

Options parse(int argc, char** argv) {
  Options options;
  for (int i = 1; i + 1 < argc; i += 2) {
    std::string_view name = argv[i];
    if (name == "--seed") options.first_seed = std::strtoull(argv[i + 1], nullptr, 10), options.seeds = 1;
    if (name == "--seeds") options.seeds = std::strtoull(argv[i + 1], nullptr, 10);
    if (name == "--hours") options.hours = std::atoi(argv[i + 1]);
    if (name == "--mutate") options.mutation = mutation_named(argv[i + 1]);
  }
  return options;
}

}  // namespace

// Exit status 0: every seed balances; with --mutate: some seed found the planted fault.
int main(int argc, char** argv) {
  Options options = parse(argc, argv);
  Outcome total;
  std::size_t findings = 0;
  for (std::uint64_t seed = options.first_seed; seed < options.first_seed + options.seeds; ++seed) {
    Outcome outcome = run(seed, std::chrono::hours(options.hours), options.mutation);
    total.mentions += outcome.mentions;
    total.kills += outcome.kills;
    total.postings += outcome.postings;
    if (outcome.finding.empty()) continue;
    ++findings;
    fmt::print("seed {}: {}\n  again: simulation --seed {} --hours {}\n", seed, outcome.finding, seed,
               options.hours);
    if (options.mutation != Mutation::none) break;
  }
  fmt::print("{} seeds of {} h: {} mentions, {} kills, {} messages, {} findings\n", options.seeds,
             options.hours, total.mentions, total.kills, total.postings, findings);
  return (findings > 0) == (options.mutation != Mutation::none) ? 0 : 1;
}
