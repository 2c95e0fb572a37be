#!/usr/bin/env bash
# What `make run` starts: with DISCORD_TOKEN the daemon against the real Discord; without, daemon and playground together.
# usage: run.sh BUILD_DIRECTORY
set -euo pipefail

build=$(cd "${1:?usage: run.sh BUILD_DIRECTORY}" && pwd)
run=$build/run

main() {
  if [[ -n ${DISCORD_TOKEN:-} ]]; then
    exec "$build/coordinatord"
  fi
  mkdir -p "$run"
  prepare_projects
  trap stop EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  start_playground
  start_daemon
  announce
  while wait_for_an_end; do start_daemon; done
  echo "One of the two programs has ended; see the lines above. Stopping the other." >&2
  exit 1
}

# True when the daemon died of a signal, as with a plugin that crashes: whoever runs it as a service starts it again, and
# so does this.
wait_for_an_end() {
  local status=0 ended=
  wait -n -p ended "$playground" "$daemon" || status=$?
  [[ $ended == "$daemon" ]] && ((status > 128)) || return 1
  echo "The daemon was ended by signal $((status - 128)); it is started again." >&2
  sleep 1
}

prepare_projects() {
  local project
  for project in major-domo testing; do
    mkdir -p "$run/projects/$project"
    [[ -e $run/projects/$project/README.md ]] ||
      printf '# %s\n\nA playground project: the agent works in this directory.\n' "$project" >"$run/projects/$project/README.md"
  done
  choose_agent
  write_configuration
}

# The real agent where it is installed and can log in, else the demo.
choose_agent() {
  if command -v claude >/dev/null && claude_logged_in; then
    agent=claude agent_command='["claude"]'
  else
    agent=demo agent_command="[\"$build/coordinator-demo-agent\"]"
  fi
}

claude_logged_in() {
  [[ -n ${ANTHROPIC_API_KEY:-}${ANTHROPIC_AUTH_TOKEN:-}${CLAUDE_CODE_OAUTH_TOKEN:-} ]] ||
    [[ -s ${CLAUDE_CONFIG_DIR:-$HOME/.claude}/.credentials.json ]]
}

write_configuration() {
  cat >"$run/coordinator.toml" <<TOML
# Written by make run: the playground's two channels, each a project.
[agents.$agent]
kind    = "claude"
command = $agent_command

[projects.major-domo]
channels  = ["1100000000000000010"]
directory = "$run/projects/major-domo"
agent     = "$agent"
allow     = ["everyone"]

[projects.testing]
channels  = ["1100000000000000011"]
directory = "$run/projects/testing"
agent     = "$agent"
allow     = ["everyone"]
TOML
  chmod 600 "$run/coordinator.toml"
}

start_playground() {
  rm -f "$run/port"
  "$build/coordinator-playground" --port "${PLAYGROUND_PORT:-8420}" --port-file "$run/port" &
  playground=$!
  wait_for "$playground" test -s "$run/port"
  url=http://127.0.0.1:$(<"$run/port")
}

start_daemon() {
  DISCORD_TOKEN=playground DISCORD_API_URL=$url/api/v10 STATE_DIRECTORY=$run/state \
    "$build/coordinatord" --config "$run/coordinator.toml" &
  daemon=$!
  wait_for "$daemon" "$build/coordinator" playground --url "$url" --wait-for-bot 1
}

# wait_for PID COMMAND...: until the command succeeds, for 20 s, while the process lives.
wait_for() {
  local pid=$1 tries=0
  shift
  until "$@" 2>/dev/null; do
    kill -0 "$pid" 2>/dev/null || exit 1
    ((++tries < 200)) || { echo "no answer after 20 s: $*" >&2; exit 1; }
    sleep 0.1
  done
}

announce() {
  cat <<TEXT

  The page:    $url/          write "@Coordinator hello" in #major-domo or #testing
  In a script: $build/coordinator playground --channel testing --say "hello"
  The agent:   $( [[ $agent == demo ]] && echo "a demo (install and log in to Claude Code to have the real one)" || echo "claude")
  Ctrl-C ends both programs.

TEXT
}

# Called by the traps.
# shellcheck disable=SC2317
stop() {
  trap - EXIT INT TERM
  end_process INT "${daemon:-}"
  end_process TERM "${playground:-}"
}

# shellcheck disable=SC2317
end_process() {
  [[ -n $2 ]] || return 0
  kill -s "$1" "$2" 2>/dev/null || return 0
  wait "$2" 2>/dev/null || true
}

main
