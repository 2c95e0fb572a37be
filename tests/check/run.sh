#!/usr/bin/env bash
# The checks: format, clang-tidy, floors, shell and JavaScript; runs all of them and says which failed.
#
#   tests/check/run.sh BUILD-DIRECTORY [CHECK...]        (make check)
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/check/sources.sh
source tests/check/sources.sh
build=$1
shift
etc/bootstrap/deps.sh check || exit 1

check_format() { sources 'core/*.cc' 'core/*.h' 'plugins/*' 'include/*' 'tests/*.cc' 'tests/*.h' |
  grep -E '\.(cc|c|h|hpp)$' | xargs clang-format --dry-run -Werror; }
check_tidy() { tests/check/tidy.sh "$build"; }
check_floors() { tests/check/floors.sh; }
check_shell() { { sources '*.sh'; sources '*' | xargs grep -lE -m 1 '^#!.*\b(ba)?sh\b' | grep -v '\.sh$'; } |
  sort -u | xargs shellcheck -x; }
check_javascript() {
  local file status=0
  command -v node >/dev/null || { echo "skipped: there is no node here" && return; }
  while IFS= read -r file; do node --check "$file" || status=1; done < <(sources '*.mjs' '*.js')
  return "$status"
}

failed=()
for name in "${@:-format tidy floors shell javascript}"; do
  for check in $name; do
    printf '%s\n' "-- $check"
    if "check_$check"; then echo "check $check: passed"; else
      echo "check $check: FAILED"
      failed+=("$check")
    fi
  done
done
((${#failed[@]} == 0)) || { echo "check: failed: ${failed[*]}" && exit 1; }
