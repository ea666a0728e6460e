# Sourced by the integrations. What they are given on their command line goes to "codex-fleet summary", so that
# --token-file, --socket and --account work with each of them.
# shellcheck shell=sh

# Where the scripts and fleet.jq lie, whatever the name this one was called by.
here=$(dirname "$(readlink -f "$0")")

# The summary as JSON; in its place {"failure": {"class", "message"}} when there is none.
ask() {
  if answer=$(timeout "${CODEX_FLEET_TIMEOUT:-20}" codex-fleet summary --json --quiet "$@" 2>&1); then
    printf '%s\n' "$answer"
    return
  else
    status=$?
  fi
  class=error
  case $status in
    3) class=offline ;;
    4) class=unauthorized ;;
    124) class=offline answer="the daemon does not answer" ;;
    127) answer="codex-fleet is not installed, or not on the PATH" ;;
  esac
  printf '%s' "$answer" | class=$class jq -Rs '{failure: {class: $ENV.class, message: .}}'
}

# A summary on its way through a jq program that knows fleet.jq.
through() { jq -L "$here" "$@"; }
