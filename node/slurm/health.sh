#!/usr/bin/env bash
# What slurmd runs again and again (HealthCheckProgram): is this node as it was set up? One that isn't is drained with
# a reason that begins with the tool's own words, and put back once it is well again. Nobody else's reason is touched.
# It has to end within 60 seconds (slurm.conf(5)), so it looks at what is there and starts nothing.
set -uo pipefail

PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export PATH
root=${CLUSTER_PROVISION_ROOT:-}
mine="cluster-provision: health: "
node=${SLURMD_NODENAME:-$(hostname -s)}
expected=$root/etc/cluster-provision/health.conf # lines: node NAME | gpus N | mount PATH | room PATH MB
drained=$root/run/cluster-provision-health

main() {
  local kind what least problems=()
  while read -r kind what least; do
    case $kind in
      node) node=$what ;; # where the host has another name
      gpus) check_gpus "$what" ;;
      mount) check_mount "$what" ;;
      room) check_room "$what" "$least" ;;
    esac
  done < <(cat "$expected" 2>/dev/null)
  if [[ ${#problems[@]} != 0 ]]; then
    local told
    told=$(printf '; %s' "${problems[@]}")
    drain "${told:2:200}"
  elif [[ -e $drained ]]; then
    put_back
  fi
}

check_gpus() {
  local found
  found=$(find "$root/dev" -maxdepth 1 -type c -regex '.*/nvidia[0-9]+' 2>/dev/null | wc -l)
  [[ $found -ge $1 ]] || problems+=("$found of $1 GPUs")
  command -v nvidia-smi >/dev/null || return
  # A card that fell off the bus still has its device file; the driver no longer lists it.
  found=$(timeout 20 nvidia-smi -L 2>/dev/null | grep -c '^GPU [0-9]*: [^U]*(UUID')
  [[ $found -ge $1 ]] || problems+=("the driver sees $found of $1 GPUs")
}

check_mount() {
  timeout 10 mountpoint --quiet "$root$1" || problems+=("$1 is not mounted")
}

check_room() {
  local free
  free=$(df --output=avail --block-size=1M "$root$1" 2>/dev/null | tail -n 1 | tr -d ' ')
  [[ ${free:-0} -ge $2 ]] || problems+=("${free:-no} MB free in $1")
}

drain() {
  [[ "$(cat "$drained" 2>/dev/null)" != "$1" ]] || return 0
  if scontrol update "nodename=$node" state=drain "reason=$mine$1" </dev/null >/dev/null 2>&1; then
    printf '%s\n' "$1" >"$drained"
  fi
}

put_back() {
  local reason
  reason=$(scontrol --oneliner show node "$node" 2>/dev/null | grep -o 'Reason=.*' | cut -d= -f2-)
  case $reason in
    "$mine"*) scontrol update "nodename=$node" state=resume </dev/null >/dev/null 2>&1 && rm -f "$drained" ;;
    *) rm -f "$drained" ;; # somebody has put it back, or drained it for another reason
  esac
}

main
