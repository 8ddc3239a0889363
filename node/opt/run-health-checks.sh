#!/usr/bin/env bash
# run-health-checks.sh [LEVEL]: runs the checks that health/checks lists, one after the other, DCGM's diagnostics at level 2
# by default, and says how healthy this node is. The node's record shows that they run, and then the verdict.
# health/checks has a line for each check: its name, its log in /var/log, its script, and LEVEL where that takes one.
# Exit status: 0 healthy (or nothing to check), 1 unhealthy, 2 unknown, 75 another run is under way.
set -euo pipefail
HERE=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
# shellcheck source=health/common.sh
. "$HERE/health/common.sh"

main() {
  local level=${1:-2} check name log script takes
  if [[ ! $level =~ ^[1-4]$ || $# -gt 1 ]]; then
    echo "usage: $0 [LEVEL], 1 to 4; not: $*" >&2
    exit "$USAGE"
  fi
  as_root "$0" "$@"
  one_at_a_time
  export CLUSTER_HEALTH_RUN=$$
  "$HERE/check-node-health.sh" running
  trap 'stop' TERM INT HUP
  while read -r name log script takes; do
    "$HERE/$script" ${takes:+"$level"} </dev/null &
    check=$!
    wait "$check" || broken "$name" "$log" $?
  done <"$HERE/health/checks"
  trap - TERM INT HUP
  "$HERE/check-node-health.sh"
}

# broken NAME LOG EXIT-STATUS: a check that could not even report "unknown" has no result, and an earlier result
# doesn't count for this run.
broken() {
  case $3 in
    "$FAILED" | "$UNKNOWN") ;;
    "$BUSY") (conclude "$1" "$LOG_FOLDER/$2.status" unknown "somebody else runs it already") || : ;;
    *) (conclude "$1" "$LOG_FOLDER/$2.status" unknown "the check itself ended with status $3") || : ;;
  esac
}

# stop: asks the running check to end; it notes that it was interrupted.
stop() {
  trap - TERM INT HUP
  kill -TERM "$check" 2>/dev/null || :
  wait "$check" || :
  "$HERE/check-node-health.sh" || :
  exit "$UNKNOWN"
}

main "$@"
