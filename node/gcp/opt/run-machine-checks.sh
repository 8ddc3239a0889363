#!/usr/bin/env bash
# Checks that this machine is what its type promises: GPUs and their driver, ECC, NVLinks, local SSDs, and what the kernel
# says of the GPUs (health/machine.py). It looks at what is there and loads nothing, so that it takes seconds.
#   /var/log/machine-health.log          what was looked at, of the last run
#   /var/log/machine-health.log.status   a line for each run: "<time> passed|failed|unknown|skipped"
# Exit status: 0 passed (or nothing to check), 1 failed, 2 unknown, 75 another run is under way.
set -euo pipefail
HERE=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
# shellcheck source=/dev/null
. "$HERE/health/common.sh"

LOG=$LOG_FOLDER/machine-health.log

main() {
  local found
  as_root "$0" "$@"
  one_at_a_time
  mkdir -p "$FACTS_FOLDER" "$LOG_FOLDER"
  mapfile -t found < <(python3 -B "$HERE/health/machine.py" "$CONFIG" "$LOG" "$NODE_ROOT/" 8>&-)
  conclude machine "$LOG.status" "${found[0]:-unknown}" "${found[1]-the machine could not be looked at}"
}

main "$@"
