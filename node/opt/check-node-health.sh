#!/usr/bin/env bash
# Says how healthy this node is, by the last result of each check, and sends it with the node's record:
#   /var/log/node-health.log          a line for each check: "[<time>] <verdict>: <what each check found>"
#   /var/log/node-health.log.status   a line for each check: "<time> healthy|unhealthy|unknown|skipped"
# Exit status: 0 healthy (or nothing to check), 1 unhealthy, 2 unknown.
set -euo pipefail
HERE=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
# shellcheck source=health/common.sh
. "$HERE/health/common.sh"

LOG=$LOG_FOLDER/node-health.log

main() {
  local found verdict now
  as_root "$0" "$@"
  mkdir -p "$FACTS_FOLDER" "$LOG_FOLDER"
  # Until now run-health-checks.sh has reported "running".
  if [[ ${1:-} == running ]]; then
    python3 -B "$HERE/health/verdict.py" "$LOG_FOLDER" "$STATE_FOLDER" "$NODE_ROOT/" running >/dev/null
    report
    return
  fi
  found=$(python3 -B "$HERE/health/verdict.py" "$LOG_FOLDER" "$STATE_FOLDER" "$NODE_ROOT/")
  verdict=${found%%:*}
  TZ=UTC0 printf -v now '%(%Y-%m-%dT%H:%M:%SZ)T' -1
  echo "[$now] $found" >>"$LOG"
  echo "$now $verdict" >>"$LOG.status"
  echo "$found"
  report
  case $verdict in
    healthy | skipped) exit "$PASSED" ;;
    unhealthy) exit "$FAILED" ;;
    *) exit "$UNKNOWN" ;;
  esac
}

# report: sends the node's record with the verdict, in the environment of the machine's services, as the bootstrap does.
# sudo drops the proxy that may lead to the state. A record that can't be sent says nothing about the node's health.
report() {
  local send=(bash "$STATE_FOLDER/bootstrap.sh" report)
  [[ -f $STATE_FOLDER/bootstrap.sh ]] || return 0
  export RECORD_LIMIT=${RECORD_LIMIT:-60}
  if [[ -d $NODE_ROOT/run/systemd/system ]]; then
    send=(systemd-run --quiet --collect --wait --pipe "--setenv=RECORD_LIMIT=$RECORD_LIMIT" "${send[@]}")
  fi
  timeout 180 "${send[@]}" >>"$FACTS_FOLDER/report.log" 2>&1 </dev/null 8>&- ||
    echo "the record could not be sent, see $FACTS_FOLDER/report.log" >&2
}

main "$@"
