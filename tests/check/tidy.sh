#!/usr/bin/env bash
# The clang-tidy check: runs the list of .clang-tidy over core and plugins, and skips what has not changed since it passed.
#
#   tests/check/tidy.sh BUILD-DIRECTORY        (built before: it holds compile_commands.json and the dependencies)
#
# A file has changed when it, a header of ours that it includes, its compile options or .clang-tidy did: their hash names
# a stamp in BUILD-DIRECTORY/tidy/.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/check/sources.sh
source tests/check/sources.sh
build=$1
stamps=$build/tidy
root=$PWD

main() {
  local file
  mkdir -p "$stamps"
  includes >"$stamps/includes"
  mapfile -t files < <(sources 'core/*.cc' 'plugins/*.cc' 'plugins/*.c' | compiled)
  for file in "${files[@]}"; do printf '%s %s\n' "$(stamp_of "$file")" "$file"; done >"$stamps/wanted"
  mapfile -t stale < <(while read -r stamp file; do [[ -e $stamps/$stamp ]] || echo "$stamp $file"; done <"$stamps/wanted")
  echo "tidy: ${#files[@]} files, ${#stale[@]} to look at"
  ((${#stale[@]} == 0)) || printf '%s\n' "${stale[@]}" | xargs -P "$(nproc)" -L 1 "$0" --one "$build"
  sweep
}

# What the build never compiles (a file of a floor that is not finished, say) has no compile options to be read with.
compiled() { grep -Fxf <(sed -n "s|^ *\"file\": \"$root/\(.*\)\".*|\1|p" "$build/compile_commands.json"); }

# "FILE HEADER" for our own headers, as the build's compiler found them.
includes() {
  if [[ -f $build/build.ninja ]]; then ninja -C "$build" -t deps; fi |
    awk -v root="$root/" '
      /^[^ ].*: #deps/ { object = 1; next }
      { sub(/^ +/, "") }
      object { object = 0; file = substr($0, length(root) + 1); next }
      index($0, root) == 1 { print file, substr($0, length(root) + 1) }'
}

stamp_of() {
  {
    cat .clang-tidy "$1"
    grep -F "\"$root/$1\"" -B 2 "$build/compile_commands.json" | grep '"command"'
    awk -v file="$1" '$1 == file { print $2 }' "$stamps/includes" | sort -u | while IFS= read -r header; do
      [[ ! -f $header ]] || cat "$header"
    done
  } | sha256sum | cut -d ' ' -f 1
}

# Stamps of versions that are gone.
sweep() {
  local stamp
  for stamp in "$stamps"/*; do
    [[ ${#stamp} -lt 64 ]] || grep -q "^${stamp##*/} " "$stamps/wanted" || rm -f "$stamp"
  done
}

# One file, in a process of its own, so that two can run at once and their findings stay apart.
one() {
  local output
  if output=$(clang-tidy --quiet --extra-arg=-Wno-unknown-warning-option -p "$build" "$2" 2>&1); then touch "$stamps/$1"; else
    grep -vE '^[0-9]+ (warning|error).* generated\.$|^Error while processing ' <<<"$output"
    return 1
  fi
}

if [[ $1 == --one ]]; then
  build=$2 stamps=$2/tidy
  one "$3" "$4"
else
  main
fi
