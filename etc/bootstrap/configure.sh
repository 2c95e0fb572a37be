#!/usr/bin/env bash
# The configure step: runs CMake where it has not run with these options yet, and costs nothing where it has.
#
#   etc/bootstrap/configure.sh BUILD-DIRECTORY [CMAKE-OPTION...]
#
# Later changes of CMakeLists.txt are the build's own business: it runs CMake again by itself.
set -euo pipefail
build=$1
shift
umask 022 # what a group may write to is not loaded as a plugin

stamp=$build/.configured
[[ ! -f $stamp || $(<"$stamp") != "$*" ]] || exit 0

generator=()
if [[ ! -f $build/CMakeCache.txt ]] && command -v ninja >/dev/null; then generator=(-G Ninja); fi
rm -f "$stamp"
cmake -S "$(dirname "$0")/../.." -B "$build" "${generator[@]}" "$@"
printf '%s' "$*" >"$stamp"
