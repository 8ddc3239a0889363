#!/usr/bin/env bash
# Logs the physical host of this machine: a line "hostname ip physical-host", added at each start at which
# one of them has changed; "unknown" if Azure doesn't name the host.
set -euo pipefail
HERE=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")

pool=${KVP_POOL:-/var/lib/hyperv/.kvp_pool_3}
log=${NODE_INFO_LOG:-/var/log/node-info.log}

# The network's own card is eth0, whatever names InfiniBand's get.
address() {
  ip -4 -oneline address show dev eth0 scope global | awk '{ sub("/.*", "", $4); print $4; exit }'
}

host=$(python3 -B "$HERE/health/physical_host.py" "$pool")
line="$(hostname) $(address) ${host:-unknown}"
if [[ ! -e $log || $(tail -n 1 "$log") != "$line" ]]; then
  echo "$line" >>"$log"
fi
echo "$line"
