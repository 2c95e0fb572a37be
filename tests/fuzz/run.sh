#!/usr/bin/env bash
# Runs every fuzz target, or those named, one after the other, each for FUZZ_SECONDS (60).
#
#   tests/fuzz/run.sh BUILD-DIRECTORY [TARGET...]
#
# What is found lies in BUILD-DIRECTORY/findings and fails the run; what is new and covers more stays in
# BUILD-DIRECTORY/corpus for the next run. A line "fuzz NAME: passed" or "fuzz NAME: FAILED" tells each.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
build=$1
shift
seconds=${FUZZ_SECONDS:-60}
failed=0
export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1

main() {
  local names=("$@") name
  (($# > 0)) || mapfile -t names < <(targets)
  mkdir -p "$build/findings"
  for name in "${names[@]}"; do fuzz "$name" || failed=1; done
  exit "$failed"
}

targets() { basename -s .cc -a "$here"/targets/*.cc; }

fuzz() {
  local name=$1 log
  local grown=$build/corpus/$name
  mkdir -p "$grown"
  log=$build/findings/$name.log
  local dictionary=()
  [[ ! -f $here/dictionaries/$name.dict ]] || dictionary=("-dict=$here/dictionaries/$name.dict")
  if "$build/fuzz_$name" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=2048 -max_len=16384 -print_final_stats=1 \
    -artifact_prefix="$build/findings/$name-" "${dictionary[@]}" "$grown" "$here/corpus/$name" &>"$log"; then
    echo "fuzz $name: passed ($(stat_of "$log" number_of_executed_units) executions in $seconds s)"
  else
    tail -n 40 "$log"
    echo "fuzz $name: FAILED"
    return 1
  fi
}

stat_of() { sed -n "s/^stat::$2: *//p" "$1"; }

main "$@"
