#!/bin/bash
# For nodes that a job has to itself: sets every GPU's power limit to the highest that it takes. Where a GPU refuses,
# this fails, and so drains the node.
set -euo pipefail

limits=$(nvidia-smi --query-gpu=index,power.max_limit --format=csv,noheader,nounits)
while IFS=', ' read -r index watts; do
  [[ $watts =~ ^[0-9]+ ]] || continue
  nvidia-smi --id="$index" --power-limit="${watts%%.*}" >/dev/null || {
    echo "GPU $index: power limit ${watts%%.*} W refused"
    exit 4
  }
done <<<"$limits"
