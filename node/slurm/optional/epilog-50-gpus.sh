#!/bin/bash
# For nodes that a job has to itself: gives every GPU its own power limit and clocks back.
set -euo pipefail

nvidia-smi --reset-applications-clocks >/dev/null 2>&1 || true
limits=$(nvidia-smi --query-gpu=index,power.default_limit --format=csv,noheader,nounits)
while IFS=', ' read -r index watts; do
  [[ $watts =~ ^[0-9]+ ]] || continue
  nvidia-smi --id="$index" --power-limit="${watts%%.*}" >/dev/null || {
    echo "GPU $index: power limit ${watts%%.*} W refused"
    exit 4
  }
done <<<"$limits"
