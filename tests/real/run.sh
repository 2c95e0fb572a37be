#!/usr/bin/env bash
# The tests against programs that we did not write: the real Claude Code, discord.js, Discord's API description.
#
#   tests/real/run.sh BUILD-DIRECTORY [SUITE...]        (make test-real); a suite is a file SUITE.test.mjs of this folder
#
# The programs come from npm into BUILD-DIRECTORY/real, without running any install script of theirs.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
build=$(realpath "$1")
shift
here=tests/real
etc/bootstrap/deps.sh real || exit 1

export REAL_BUILD=$build REAL_NPM=$build/real REAL_RECORDS=$build/real/records

install() {
  local stamp
  stamp=$(cat $here/package.json $here/package-lock.json | sha256sum)
  [[ ! -f $REAL_NPM/.installed || $(<"$REAL_NPM/.installed") != "$stamp" ]] || return 0
  mkdir -p "$REAL_NPM"
  rm -f "$REAL_NPM/.installed"
  cp $here/package.json $here/package-lock.json "$REAL_NPM/"
  echo "real: installing Claude Code, discord.js and ajv from npm into build/real (about 400 MB)"
  (cd "$REAL_NPM" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error </dev/null) || return 1
  echo "$stamp" >"$REAL_NPM/.installed"
}

install || { echo "real: npm could not install what $here/package.json asks for" >&2 && exit 1; }
rm -rf "$REAL_RECORDS" && mkdir -p "$REAL_RECORDS"

# validate comes last: it looks at what the others recorded.
failed=0
for suite in "${@:-claude commands streams discordjs discordpy validate}"; do
  for name in $suite; do
    echo "-- $name"
    if node --test --test-reporter=spec "$here/$name.test.mjs"; then echo "suite $name: passed"; else
      echo "suite $name: FAILED"
      failed=1
    fi
  done
done
exit "$failed"
