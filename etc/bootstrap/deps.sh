#!/usr/bin/env bash
# The dependencies: finds what this machine lacks to build and test Coordinator, and installs it where apt does.
#
#   etc/bootstrap/deps.sh [check] [real] [clang]
#
# on top of building and testing: what `make check`, what `make test-real`, what `make fuzz` and `make coverage` need.
#
# When nothing is missing it says nothing and costs some 20 ms. With apt (Debian, Ubuntu) it installs what is missing,
# by sudo when it is not root. Elsewhere it prints the packages to install and stops; once they are there it is
# content, and what is still missing CMake will name.
set -euo pipefail

# Debian's package names. libwebsockets-evlib-uv is opened at run time only, so no linker would miss it; git is what
# /project add runs.
build_packages=(
  g++ cmake ninja-build ccache pkg-config git
  libuv1-dev libwebsockets-dev libwebsockets-evlib-uv libcurl4-openssl-dev libssl-dev
  libcjson-dev libsqlite3-dev libtomlplusplus-dev libcli11-dev libfmt-dev libspdlog-dev libexpected-dev
  libutf8proc-dev zlib1g-dev libzstd-dev prometheus-cpp-dev libcpputest-dev
)
check_packages=(clang-format clang-tidy shellcheck)
clang_packages=(clang libclang-rt-dev llvm)
# Commands, not packages: a node that came from elsewhere than Debian brings its own npm, and clashes with Debian's.
real_commands=(node npm)
real_packages=(python3-discord)
oldest_node=18

dnf_packages=(
  gcc-c++ cmake ninja-build ccache pkgconf-pkg-config git
  libuv-devel libwebsockets-devel libcurl-devel openssl-devel
  cjson-devel sqlite-devel tomlplusplus-devel cli11-devel fmt-devel spdlog-devel expected-devel
  utf8proc-devel zlib-devel libzstd-devel libprometheus-cpp-devel cpputest-devel
  clang clang-tools-extra compiler-rt llvm ShellCheck nodejs npm
)
pacman_packages=(
  base-devel cmake ninja ccache pkgconf git
  libuv libwebsockets curl openssl cjson sqlite tomlplusplus cli11 fmt spdlog tl-expected
  libutf8proc zlib zstd
  clang compiler-rt llvm shellcheck nodejs npm
)
brew_packages=(
  cmake ninja ccache pkgconf git
  libuv libwebsockets curl openssl@3 cjson sqlite tomlplusplus cli11 fmt spdlog tl-expected
  utf8proc zlib zstd prometheus-cpp cpputest
  llvm shellcheck node
)

main() {
  local missing
  if command -v apt-get >/dev/null && command -v dpkg-query >/dev/null; then
    missing=$(missing_packages "$@")
    [[ -z $missing ]] || install "$missing"
  else
    missing=$(missing_probes "$@")
    [[ -z $missing ]] || advise "$missing"
  fi
  ! wants real "$@" || check_node
}

wants() { [[ " ${*:2} " == *" $1 "* ]]; }

missing_packages() {
  local packages=("${build_packages[@]}") command
  ! wants check "$@" || packages+=("${check_packages[@]}")
  ! wants clang "$@" || packages+=("${clang_packages[@]}")
  ! wants real "$@" || packages+=("${real_packages[@]}")
  dpkg-query -W -f='${Package} ${db:Status-Status}\n' "${packages[@]}" 2>/dev/null |
    awk -v all="${packages[*]}" '
      $2 == "installed" { have[$1] }
      END { n = split(all, name, " "); for (i = 1; i <= n; i++) if (!(name[i] in have)) print name[i] }'
  if wants real "$@"; then
    for command in "${real_commands[@]}"; do
      command -v "$command" >/dev/null || echo "${command/#node/nodejs}"
    done
  fi
}

install() {
  local -a packages sudo=() apt
  mapfile -t packages <<<"$1"
  if [[ $(id -u) != 0 ]]; then
    command -v sudo >/dev/null ||
      stop "${#packages[@]} packages are missing, and there is neither root nor sudo to install them. Run as root:
  apt-get install --no-install-recommends ${packages[*]}"
    sudo=(sudo)
  fi
  apt=("${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0)
  echo "deps: installing ${#packages[@]} missing packages by apt (${sudo[*]:-as root}): ${packages[*]}"
  local log
  log=$(mktemp)
  # The lists may be absent (a fresh machine) or stale (a package has moved on): get them, and try once more.
  if ! have_lists || ! "${apt[@]}" install --no-install-recommends "${packages[@]}" </dev/null &>"$log"; then
    "${apt[@]}" update </dev/null &>"$log" || stop "apt-get update failed:" "$log"
    "${apt[@]}" install --no-install-recommends "${packages[@]}" </dev/null &>"$log" ||
      stop "apt-get install failed. Mend what it says below, then run make again:" "$log"
  fi
  rm -f "$log"
  echo "deps: installed."
}

have_lists() { compgen -G '/var/lib/apt/lists/*_Packages*' >/dev/null; }

# Where packages have other names, or other managers: look for the things themselves.
missing_probes() {
  local command module
  local commands=(c++ cmake pkg-config git)
  ! wants check "$@" || commands+=(clang-format clang-tidy shellcheck)
  ! wants clang "$@" || commands+=(clang++ llvm-cov llvm-profdata)
  ! wants real "$@" || commands+=("${real_commands[@]}")
  for command in "${commands[@]}"; do
    command -v "$command" >/dev/null || echo "$command"
  done
  command -v pkg-config >/dev/null || return 0
  for module in libuv libwebsockets libcurl openssl libcjson sqlite3 libutf8proc zlib libzstd prometheus-cpp-core \
    fmt spdlog cpputest; do
    pkg-config --exists "$module" || echo "$module"
  done
}

advise() {
  stop "this system has no apt, and lacks: ${1//$'\n'/, }.
Install these, then run make again:

  Fedora:   sudo dnf install ${dnf_packages[*]}
  Arch:     sudo pacman -S --needed ${pacman_packages[*]}   (and cpputest and prometheus-cpp from the AUR)
  macOS:    brew install ${brew_packages[*]}"
}

check_node() {
  local version
  version=$(node --version)
  version=${version#v}
  ((${version%%.*} >= oldest_node)) || stop "node $version is too old: this needs node $oldest_node or newer."
}

stop() {
  echo "deps: $1" >&2
  [[ -z ${2:-} ]] || tail -n 20 "$2" >&2
  exit 1
}

main "$@"
