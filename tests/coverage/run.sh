#!/usr/bin/env bash
# Runs the tests and prints how much of core they reach: lines and branches, by folder; headers count where they hold code.
#
#   tests/coverage/run.sh BUILD-DIRECTORY [CTEST-OPTION...]
#
# The build is one with COORDINATOR_COVERAGE. What a process that is killed has reached is not counted. Every file's own
# figures are in BUILD-DIRECTORY/coverage.txt; the exit status is the tests'.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
build=$1
shift

main() {
  local status=0
  rm -rf "$build/profiles"
  ctest --test-dir "$build" --output-on-failure "$@" || status=$?
  llvm-profdata merge -sparse "$build"/profiles/*.profraw -o "$build/coverage.profdata" || exit 1
  report >"$build/coverage.txt" || exit 1
  by_folder <"$build/coverage.txt"
  exit "$status"
}

# FILE and twelve figures a line, the last six: lines, missed, %, branches, missed, %.
report() {
  local program objects=()
  for program in "$build"/*; do
    [[ -f $program && -x $program ]] && objects+=(-object "$program")
  done
  llvm-cov report -instr-profile "$build/coverage.profdata" "${objects[@]}" -sources "$PWD/core"
}

by_folder() {
  awk 'match($1, /^[a-z_]+\/[^ ]+\.(cc|h)$/) {
    folder = substr($1, 1, index($1, "/") - 1)
    for (name = folder; name != ""; name = name == folder ? "~all" : "") {  # which sorts last
      lines[name] += $8; missed[name] += $9; branches[name] += $11; untaken[name] += $12
    }
  }
  END { for (name in lines) print name, lines[name], missed[name], branches[name], untaken[name] }' |
    LC_ALL=C sort |
    awk 'function share(all, rest) { return all ? 100 * (all - rest) / all : 100 }
    BEGIN { printf "%-10s %7s %8s %9s %8s\n", "core", "lines", "", "branches", "" }
    { sub(/^~/, "", $1); printf "%-10s %7d %7.1f%% %9d %7.1f%%\n", $1, $2, share($2, $3), $4, share($4, $5) }'
}

main "$@"
