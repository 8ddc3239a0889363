# shellcheck shell=bash
# Functions of the health scripts in /opt (docs/health.md). NODE_ROOT replaces / when they are tried out on a machine
# that isn't a node. health/cloud.sh says where CONFIG is, the node's configuration.

NODE_ROOT=${NODE_ROOT:-}
STATE_FOLDER=$NODE_ROOT/var/lib/cluster
FACTS_FOLDER=$STATE_FOLDER/health
LOG_FOLDER=$NODE_ROOT/var/log
# shellcheck source=/dev/null
. "$HERE/health/cloud.sh"

# Exit statuses of the checks; a run that finds another run under way has a status of its own.
# shellcheck disable=SC2034
PASSED=0 FAILED=1 UNKNOWN=2 USAGE=64 BUSY=75

# as_root SCRIPT ARGUMENTS...: continues as root: only root can use the GPUs, Docker and the node's configuration.
as_root() {
  if [[ -z $NODE_ROOT && $EUID != 0 ]]; then
    exec sudo -- "$@"
  fi
}

# one_at_a_time: ends if another run is under way: two would take each other's bandwidth, and both fail. A check that
# another script runs is part of that script's run.
one_at_a_time() {
  [[ -z ${CLUSTER_HEALTH_RUN:-} ]] || return 0
  mkdir -p "$FACTS_FOLDER"
  exec 8>"$STATE_FOLDER/health.lock"
  flock --nonblock 8 || {
    echo "health checks are running on this machine already: wait for them to end" >&2
    exit "$BUSY"
  }
}

# configured KEY: prints a number of the node's configuration, true and false as 1 and 0; nothing for a missing one.
configured() {
  [[ -r $CONFIG ]] || return 0
  python3 -c '
import json, sys
value = json.load(open(sys.argv[1])).get(sys.argv[2])
print("" if value is None else int(value))' "$CONFIG" "$1"
}

# conclude NAME STATUS-FILE STATUS DETAIL: ends the check NAME with its documented status line, and its finding.
conclude() {
  local name=$1 status_file=$2 status=$3 detail=$4 now
  TZ=UTC0 printf -v now '%(%Y-%m-%dT%H:%M:%SZ)T' -1
  mkdir -p "$FACTS_FOLDER" "$LOG_FOLDER"
  printf '%s\n%s\n%s\n' "$now" "$status" "${detail//$'\n'/ }" >"$FACTS_FOLDER/$name.new"
  mv "$FACTS_FOLDER/$name.new" "$FACTS_FOLDER/$name"
  printf '%s %s\n' "$now" "$status" >>"$status_file"
  echo "$name: $status${detail:+: $detail}"
  [[ -n ${CLUSTER_HEALTH_RUN:-} ]] || "$HERE/check-node-health.sh" || :
  case $status in
    passed | skipped) exit "$PASSED" ;;
    failed) exit "$FAILED" ;;
    *) exit "$UNKNOWN" ;;
  esac
}

# reason FILE: prints the line of a program's output that says why it failed.
reason() {
  python3 "$HERE/health/reason.py" "$1"
}

# limited SECONDS COMMAND...: runs the command; when the time is up, asks it to end, then kills it: status 124 or 137.
# It runs beside this script, so that a signal reaches the script at once, which then calls `interrupted`.
limited() {
  timeout --kill-after=30 "$@" 8>&- &
  LIMITED=$!
  trap 'on_signal' TERM INT HUP
  local status=0
  wait "$LIMITED" || status=$?
  trap - TERM INT HUP
  return "$status"
}

on_signal() {
  trap - TERM INT HUP
  kill -TERM "$LIMITED" 2>/dev/null || :
  wait "$LIMITED" || :
  interrupted
}

# out_of_time STATUS
out_of_time() {
  (($1 == 124 || $1 == 137))
}
