#!/usr/bin/env bash
# run-dcgmi.sh [LEVEL]: runs NVIDIA's DCGM diagnostics at level 1 to 4 (2 by default), and notes their outcome:
#   /var/log/dcgmi-diag.log          the output of this run
#   /var/log/dcgmi-diag.log.status   a line for each run: "<time> passed|failed|unknown|skipped"
# Exit status: 0 passed (or nothing to check), 1 failed, 2 unknown, 75 another run is under way.
# https://docs.nvidia.com/datacenter/dcgm/latest/user-guide/dcgm-diagnostics.html
set -euo pipefail
HERE=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
# shellcheck source=health/common.sh
. "$HERE/health/common.sh"

LOG=$LOG_FOLDER/dcgmi-diag.log
WORK=$FACTS_FOLDER/dcgm-run

# Limits in seconds by level: NVIDIA names seconds, 2 minutes, 15 minutes and 1 to 2 hours for them.
LIMITS=(0 300 900 3600 10800)

main() {
  local level=${1:-2} gpus limit status=0
  if [[ ! $level =~ ^[1-4]$ || $# -gt 1 ]]; then
    echo "usage: $0 [LEVEL], 1 to 4; not: $*" >&2
    exit "$USAGE"
  fi
  as_root "$0" "$@"
  one_at_a_time
  gpus=$(configured gpus)
  [[ $gpus != 0 ]] || ended skipped "a machine of this size has no GPUs"
  rm -rf "$WORK"
  mkdir -p "$WORK" "$LOG_FOLDER"
  all_gpus_are_there "$gpus"
  command -v dcgmi >/dev/null || ended "$WITHOUT_DCGM" "dcgmi is not installed"
  host_engine_runs || ended unknown "DCGM's host engine does not answer: $(reason "$WORK/engine")"

  limit=${DCGM_LIMIT:-${LIMITS[level]}}
  limited "$limit" dcgmi diag -r "$level" -j >"$WORK/output" 2>"$WORK/errors" </dev/null || status=$?
  cat "$WORK/output" "$WORK/errors" >"$LOG"
  ! out_of_time "$status" || ended unknown "the diagnostics at level $level did not end within $limit seconds"
  judge "$status" "$level"
}

# all_gpus_are_there EXPECTED: DCGM tests only the GPUs that the driver shows, and doesn't notice a missing one.
all_gpus_are_there() {
  local count status=0
  command -v nvidia-smi >/dev/null || ended unknown "nvidia-smi is not installed"
  timeout 120 nvidia-smi -L >"$WORK/gpus" 2>&1 || status=$?
  count=$(grep -c '^GPU [0-9]*:' "$WORK/gpus" || :)
  if ((status != 0)) && ! grep -qi 'no devices were found' "$WORK/gpus"; then
    ended unknown "nvidia-smi ended with status $status: $(reason "$WORK/gpus")"
  fi
  if [[ -n $1 ]] && ((count < $1)); then
    cp "$WORK/gpus" "$LOG"
    ended failed "$count of $1 GPUs are there"
  fi
}

host_engine_runs() {
  timeout 60 dcgmi discovery -l >"$WORK/engine" 2>&1 && return
  systemctl start nvidia-dcgm >/dev/null 2>&1 || systemctl start dcgm >/dev/null 2>&1 || :
  timeout 60 dcgmi discovery -l >"$WORK/engine" 2>&1
}

# judge EXIT-STATUS LEVEL: judges the results, or dcgmi's own exit status if there are none.
judge() {
  local found
  mapfile -t found < <(python3 "$HERE/health/read_dcgm.py" "$1" "$WORK/output" "$WORK/errors")
  ended "${found[0]:-unknown}" "level $2: ${found[1]-the results could not be read}"
}

# shellcheck disable=SC2329 # called by `limited`
interrupted() {
  ended unknown "the diagnostics were interrupted"
}

# ended STATUS DETAIL
ended() {
  conclude dcgm "$LOG.status" "$1" "$2"
}

main "$@"
