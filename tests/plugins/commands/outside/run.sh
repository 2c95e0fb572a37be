#!/usr/bin/env bash
# Somebody else's plugin: installs what is for them, and builds the examples as plugins/README.md says.
#
#   run.sh BUILD-DIRECTORY TEST-PROGRAM
set -euo pipefail
build=$1 program=$2
work=$(mktemp -d)
trap finish EXIT
export CCACHE_DISABLE=1

main() {
  DESTDIR=$work/root cmake --install "$build" --component plugins --prefix /usr >"$work/log"
  # As if it had been moved: nothing may remember the prefix.
  mv "$work/root/usr" "$work/usr"
  cp "$work/usr/share/doc/coordinator/plugins/examples/"* "$work/usr/share/doc/coordinator/plugins/ping.c" "$work/"
  cd "$work"
  by_one_line
  by_pkg_config
  by_cmake
  in_rust
  what_is_installed
}

by_one_line() {
  g++ -std=c++20 -shared -fPIC -fno-gnu-unique -I usr/include hello.cc -o line.so
  answers line.so hello "Hello, <@7>!"
  # Without the flag too: the headers make no unique symbols.
  g++ -std=c++17 -Wall -Wextra -Wpedantic -Wshadow -Werror -shared -fPIC -I usr/include hello.cc -o bare.so
  answers bare.so hello "Hello, <@7>!"
}

by_pkg_config() {
  export PKG_CONFIG_PATH=$work/usr/lib/pkgconfig
  local flags
  read -ra flags < <(pkg-config --cflags --libs coordinator)
  g++ -std=c++20 -shared hello.cc -o pkg.so "${flags[@]}"
  answers pkg.so hello "Hello, <@7>!"
  if command -v clang++ >/dev/null; then
    clang++ -std=c++20 -shared hello.cc -o clang.so "${flags[@]}"
    answers clang.so hello "Hello, <@7>!"
  fi
  gcc -std=c99 -Wall -Wextra -Wpedantic -Werror -shared ping.c -o ping.so "${flags[@]}"
  answers ping.so ping "Pong."
  [[ $(find "$(pkg-config --variable=pluginsdir coordinator)" -name '*.so' | wc -l) -ge 11 ]]
}

by_cmake() {
  mkdir project
  cat >project/CMakeLists.txt <<'CMAKE'
cmake_minimum_required(VERSION 3.16)
project(hello LANGUAGES CXX)
find_package(coordinator 0.1 REQUIRED)
coordinator_add_plugin(hello ../hello.cc)
CMAKE
  cmake -S project -B project/build -DCMAKE_PREFIX_PATH="$work/usr" >>log
  cmake --build project/build >>log
  answers project/build/hello.so hello "Hello, <@7>!"
}

in_rust() {
  command -v rustc >/dev/null || { echo "Rust: skipped, there is no rustc here" && return; }
  rustc --edition 2021 -O --crate-type cdylib -C panic=abort -C strip=symbols shout.rs -o shout.so
  answers shout.so shout "GRÜSSE"
}

what_is_installed() {
  answers usr/lib/coordinator/plugins/ping.so ping "Pong."
  [[ -f usr/share/doc/coordinator/coordinator.example.toml && -f usr/share/doc/coordinator/plugins/README.md ]]
}

# answers FILE COMMAND ANSWER
answers() {
  echo "$1"
  OUTSIDE_PLUGIN=$work/$1 OUTSIDE_COMMAND=$2 OUTSIDE_ANSWER=$3 "$program" >>"$work/log"
}

finish() {
  local status=$?
  ((status == 0)) || tail -20 "$work/log"
  rm -rf "$work"
}

main
