#!/usr/bin/env bash
# The floors check: holds includes, third-party headers, first lines and file lengths to the rules of the house.
#
#   tests/check/floors.sh        exit 1 and one line for each offence
#
# Which floor may include which is said once, in CMakeLists.txt; floors.awk reads it there and states the other rules.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/check/sources.sh
source tests/check/sources.sh

edges=$(mktemp)
trap 'rm -f "$edges"' EXIT
status=0

# Discord's description and its validator are kept as they came.
mapfile -t files < <(sources core plugins include tests etc |
  grep -E '\.(h|hpp|c|cc|sh|mjs|js|cmake|css|html)$|/CMakeLists\.txt$' | grep -v '^tests/real/discord/')
awk -v edges="$edges" -f tests/check/floors.awk CMakeLists.txt "${files[@]}" || status=1

# A cycle between two headers of one floor hides behind #pragma once until somebody includes the wrong one first.
if ! cycle=$(tsort "$edges" 2>&1 >/dev/null); then
  sed 's/^tsort: //; s/^.*input contains a loop:$/an include cycle:/' <<<"$cycle"
  status=1
fi

((status)) || echo "floors: ${#files[@]} files keep the rules"
exit "$status"
