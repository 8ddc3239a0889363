#!/bin/bash
# For nodes that a job has to itself: has the processors run at their full speed.
set -euo pipefail

for governor in "${CPU_FOLDER:-/sys/devices/system/cpu}"/cpu*/cpufreq/scaling_governor; do
  [[ ! -e $governor ]] || echo performance >"$governor"
done
