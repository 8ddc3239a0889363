# shellcheck shell=bash
# Functions of the scripts for the head: the hosts of a hostfile, and a command on all of them at once by ssh, with the
# cluster's key and the host keys in ~/.ssh/cluster_config. Sourced.

USAGE=64
AT_ONCE=${AT_ONCE:-64}
SSH_OPTIONS=(-o BatchMode=yes -o "ConnectTimeout=${CONNECT_SECONDS:-15}" -o ServerAliveInterval=15)
HOSTS=()
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT

# read_hosts HOSTFILE: fills HOSTS with the first word of each line, each host once; empty lines and comments are no
# hosts. Windows' line ends and byte order mark are no part of a name, and neither is MPICH's number of slots (host:8).
read_hosts() {
  local name
  local -A seen=()
  [[ -r $1 ]] || {
    echo "${0##*/}: there is no hostfile $1; the tool's action UpdateHosts writes ~/hostfile" >&2
    exit "$USAGE"
  }
  while IFS=$' \t\r' read -r name _ || [[ -n $name ]]; do
    name=${name#$'\xef\xbb\xbf'}
    [[ ! $name =~ ^[^:]+:[0-9]+$ ]] || name=${name%:*}
    [[ -z $name || $name == \#* || -n ${seen[$name]:-} ]] || {
      seen[$name]=1
      HOSTS+=("$name")
    }
  done <"$1"
  ((${#HOSTS[@]} > 0)) || {
    echo "${0##*/}: $1 names no host" >&2
    exit "$USAGE"
  }
}

# on_each_host COMMAND: leaves in $WORK, by a host's number, what it printed and its exit status.
on_each_host() {
  local number running=0
  for number in "${!HOSTS[@]}"; do
    on_host "$number" "${HOSTS[number]}" "$1" &
    running=$((running + 1))
    if ((running >= AT_ONCE)); then
      wait -n || :
      running=$((running - 1))
    fi
  done
  wait
}

on_host() {
  local status=0
  ssh -n "${SSH_OPTIONS[@]}" -- "$2" "$3" >"$WORK/$1.out" 2>"$WORK/$1.err" || status=$?
  echo "$status" >"$WORK/$1.status"
}

# tell_failures: prints a line on standard error for each host where it failed; its status is 1 if one did.
tell_failures() {
  local number status failed=0
  for number in "${!HOSTS[@]}"; do
    status=$(<"$WORK/$number.status")
    ((status != 0)) || continue
    failed=1
    echo "${HOSTS[number]}: failed: $(tail -n 1 "$WORK/$number.err" | tr -d '\r') (exit status $status)" >&2
  done
  return "$failed"
}
