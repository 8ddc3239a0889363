#!/bin/bash
# For nodes that a job has to itself: lets the processors save power again.
set -euo pipefail

for governor in "${CPU_FOLDER:-/sys/devices/system/cpu}"/cpu*/cpufreq/scaling_governor; do
  [[ ! -e $governor ]] || echo powersave >"$governor"
done
