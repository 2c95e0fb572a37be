# The sources that the checks look at: what git tracks or would track; every file where there is no git.
# shellcheck shell=bash

# sources PATTERN... : the existing files that match, one a line, from the project's root.
sources() {
  local path
  { git ls-files --cached --others --exclude-standard -- "$@" 2>/dev/null || found "$@"; } |
    sort -u | while IFS= read -r path; do [[ ! -f $path ]] || echo "$path"; done
}

# As git does, a * also stands for slashes.
found() {
  local path pattern
  find . \( -name .git -o -name node_modules -o -name 'build*' \) -prune -o -type f -print | while IFS= read -r path; do
    path=${path#./}
    for pattern in "$@"; do
      # shellcheck disable=SC2053 # a pattern, on purpose
      [[ $path != $pattern && $path != "$pattern"/* ]] || echo "$path"
    done
  done
}
