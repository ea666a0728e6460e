#!/bin/sh
# Asks codex-fleetd and prints what it says as JSON, one line per result.
#
#   codex-fleet.sh summary [ACCOUNT...]    what is left on the accounts
#   codex-fleet.sh refresh [ACCOUNT...]    has the daemon ask anew; tells what became of each account
#   codex-fleet.sh watch   [ACCOUNT...]    a snapshot, then every change, until interrupted
#   codex-fleet.sh health                  whether the daemon answers; needs no API key
#
# The API key is taken from CODEX_FLEET_TOKEN, else from the first line of the file that CODEX_FLEET_TOKEN_FILE names.
# The socket is CODEX_FLEET_SOCKET, else the first that is there of $RUNTIME_DIRECTORY/fleet.sock,
# $XDG_RUNTIME_DIR/codex-fleet/fleet.sock and /run/codex-fleet/fleet.sock.
#
# An answer may take as many seconds as CODEX_FLEET_TIMEOUT says, else 30, and that of a refresh 600; a watch has no limit.
#
# Exit status: 0 all went well; 1 the call failed, the daemon cannot be reached, or a refresh failed for an account (its
# result is printed all the same); 2 the command line or a setting is wrong. Needs socat, jq 1.6 and timeout.
set -u

# It stays in this shell and in jq's environment: the arguments of a process can be read by every user of the machine.
token=${CODEX_FLEET_TOKEN:-}
unset CODEX_FLEET_TOKEN

fail() { # status, message
  printf 'codex-fleet.sh: %s\n' "$2" >&2
  exit "$1"
}

# The socket to connect to.
find_socket() {
  if [ -n "${CODEX_FLEET_SOCKET:-}" ]; then
    printf '%s\n' "$CODEX_FLEET_SOCKET"
    return
  fi
  # systemd separates several directories by colons; the first one counts.
  runtime=${RUNTIME_DIRECTORY:-}
  while [ "${runtime#:}" != "$runtime" ]; do runtime=${runtime#:}; done
  first=""
  for place in "${runtime%%:*}" "${XDG_RUNTIME_DIR:+$XDG_RUNTIME_DIR/codex-fleet}" /run/codex-fleet; do
    [ -n "$place" ] || continue
    [ -n "$first" ] || first=$place
    if [ -e "$place/fleet.sock" ]; then
      printf '%s/fleet.sock\n' "$place"
      return
    fi
  done
  printf '%s/fleet.sock\n' "$first"
}

# The call, as one line.
request() { # method, accounts
  method=$1
  shift
  token=$token method=$method jq -cn '
    {jsonrpc: "2.0", id: 1, method: $ENV.method, params: (
      (if $ENV.token == "" then {} else {token: $ENV.token} end)
      + (if $ARGS.positional == [] then {} else {accountIds: $ARGS.positional} end))}' --args -- "$@"
}

# Makes of each line that comes back a line for this script: "= " and JSON to be printed, or "! " and what went wrong.
# Other notifications may be added to the protocol at any time.
# shellcheck disable=SC2016 # these are jq's variables
answers='
  def complaint(text): "! " + (text | gsub("[[:cntrl:]]"; "?"));
  def cure: {
    missing_api_key: "; put an API key in CODEX_FLEET_TOKEN",
    invalid_api_key: "; make a new one with \"codex-fleetd key create NAME\"",
    api_key_expired: "; make a new one with \"codex-fleetd key create NAME\""
  }[.data.code // ""] // (if .data.retryable == true then "; try again in a moment" else "" end);
  if has("error") then .error | complaint("the daemon refuses: \(.message) (\(.data.code // .code))\(cure)")
  elif has("result") then .result | "= " + tojson, (
    .outcomes // [] | map(select(.outcome | IN("coolingDown", "failed", "rejected")))
    | if . == [] then empty
      else complaint("\(length) accounts failed to refresh, see their reasons: \(map(.accountId) | join(", "))") end)
  elif .method != "fleet.changed" then empty
  elif .params.closed then
    complaint("the daemon has ended the subscription (\(.params.closed)): the API key was revoked or has expired; "
      + "make a new one with \"codex-fleetd key create NAME\"")
  else "= " + (.params | tojson) end'

command=${1:-}
[ $# -eq 0 ] || shift
limit=${CODEX_FLEET_TIMEOUT:-30}
case $limit in
  *[!0-9]* | 0) fail 2 "CODEX_FLEET_TIMEOUT is a whole number of seconds, such as 30" ;;
esac
case $command in
  summary) method=fleet.summary ;;
  refresh) method=fleet.refresh limit=${CODEX_FLEET_TIMEOUT:-600} ;;
  # None: it goes on for as long as nothing changes.
  watch) method=fleet.subscribe limit=0 ;;
  health)
    method=daemon.health
    [ $# -eq 0 ] || fail 2 "health takes no accounts"
    ;;
  *) fail 2 "usage: codex-fleet.sh summary|refresh|watch [ACCOUNT...], or codex-fleet.sh health" ;;
esac

for tool in socat jq timeout; do
  command -v "$tool" >/dev/null 2>&1 || fail 2 "$tool is missing; install it, on Debian with: sudo apt install $tool"
done

if [ "$command" = health ]; then
  token=""
elif [ -z "$token" ]; then
  file=${CODEX_FLEET_TOKEN_FILE:-}
  [ -n "$file" ] || fail 2 "no API key; put one in CODEX_FLEET_TOKEN, or the name of its file in CODEX_FLEET_TOKEN_FILE"
  [ -r "$file" ] || fail 2 "cannot read $file, which CODEX_FLEET_TOKEN_FILE names"
  # Without the white space around it. The last line may lack its newline, which read reports as a failure.
  read -r token <"$file" || [ -n "$token" ] || fail 2 "no API key in $file: it is empty"
fi

socket=$(find_socket)
start='start it with "codex-fleetd" or "systemctl start codex-fleet.socket", or name its socket in CODEX_FLEET_SOCKET'
[ -e "$socket" ] || fail 1 "no daemon at $socket: there is no socket that you may see; $start"
[ -S "$socket" ] || fail 1 "no daemon at $socket: that is no socket; $start"
[ -w "$socket" ] || fail 1 "you may not connect to $socket: join the group that owns it and log in again"
# socat gives some characters a meaning of their own.
address=UNIX-CONNECT:$(printf '%s\n' "$socket" | sed 's/[][\\,:!"'\''(){}]/\\&/g')

work=$(mktemp -d "${TMPDIR:-/tmp}/codex-fleet.XXXXXX") || fail 1 "cannot make a temporary folder; look at TMPDIR"
connection=""
finish() { # status
  trap - EXIT
  # Ignored from here on, by rm too: some send a signal twice, and to the whole group.
  trap '' INT TERM HUP PIPE
  [ -z "$connection" ] || kill "$connection" 2>/dev/null
  rm -rf "$work"
  exit "$1"
}
trap 'finish "$?"' EXIT
trap 'finish 130' INT
trap 'finish 143' TERM
trap 'finish 129' HUP
trap 'finish 1' PIPE
mkfifo "$work/answers" "$work/lines" || fail 1 "cannot make a pipe in $work"

if [ "$command" = watch ]; then
  # Our side of the connection stays open: a subscriber that has closed it might be taken for gone.
  sending=STDIO,ignoreeof
else
  sending=STDIO
fi
# After the end of the request it waits as long as the answer takes; half a second would be socat's own idea.
request "$method" "$@" | timeout "$limit" socat -t 86400 "$sending" "$address" >"$work/answers" 2>"$work/errors" &
connection=$!
jq --unbuffered -r "$answers" <"$work/answers" >"$work/lines" 2>/dev/null &
translation=$!

is_answered=""
while IFS= read -r line; do
  is_answered=yes
  case $line in
    "= "*) printf '%s\n' "${line#= }" 2>/dev/null || exit 1 ;;
    *) fail 1 "${line#! }" ;;
  esac
done <"$work/lines"

wait "$translation" || fail 1 "what answers at $socket is no daemon that this script knows"
wait "$connection"
[ $? -ne 124 ] ||
  fail 1 "the daemon at $socket does not answer (within $limit s); look at its log and start it anew if it hangs"
if [ "$command" = watch ] || [ -z "$is_answered" ]; then
  reason=$(sed -n 's/^.* E //p' "$work/errors" | head -n 1)
  case $reason in
    *"Connection refused"*) fail 1 "no daemon at $socket: nobody listens at the socket; $start" ;;
    "") fail 1 "the daemon hung up; look at its log, then try again" ;;
    *) fail 1 "cannot talk to the daemon at $socket: $reason" ;;
  esac
fi
