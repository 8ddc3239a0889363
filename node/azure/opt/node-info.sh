#!/usr/bin/env bash
# Which physical host this machine runs on: a line "hostname ip physical-host" in the log, added at each start at which
# one of them has changed. Azure tells the host's name through Hyper-V, in a pool of keys (512 bytes) and values (2048).
# Linux's include/uapi/linux/hyperv.h has these lengths (HV_KVP_EXCHANGE_MAX_KEY_SIZE, HV_KVP_EXCHANGE_MAX_VALUE_SIZE; 2026-11-25).
set -euo pipefail

pool=${KVP_POOL:-/var/lib/hyperv/.kvp_pool_3}
log=${NODE_INFO_LOG:-/var/log/node-info.log}

physical_host() {
  python3 - "$pool" <<'PYTHON'
import sys
from pathlib import Path

KEY, PAIR = 512, 512 + 2048
path = Path(sys.argv[1])
pool = path.read_bytes() if path.exists() else b""
pairs = (pool[at : at + PAIR] for at in range(0, len(pool), PAIR))
told = {pair[:KEY].partition(b"\0")[0]: pair[KEY:].partition(b"\0")[0] for pair in pairs}
print((told.get(b"PhysicalHostName") or b"unknown").decode())
PYTHON
}

# The network's own card is eth0, whatever names InfiniBand's get.
address() {
  ip -4 -oneline address show dev eth0 scope global | awk '{ sub("/.*", "", $4); print $4; exit }'
}

line="$(hostname) $(address) $(physical_host)"
if [[ ! -e $log || $(tail -n 1 "$log") != "$line" ]]; then
  echo "$line" >>"$log"
fi
echo "$line"
