#!/usr/bin/env bash
# update-hosts.sh [HOSTFILE]: asks every host of HOSTFILE (~/hostfile) for its address, all at once, and writes them in
# the same order into the file with "-ip" after its name. If a host doesn't answer, the script names it and writes
# nothing: remove its line from HOSTFILE, or repair the host.
# The head doesn't know machines that were added later, and they have no key: the tool's action UpdateHosts adds them.
# Exit status: 0, 1 if a host didn't answer, 64 for wrong usage.
set -euo pipefail
HERE=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
# shellcheck source=fleet/hosts.sh
. "$HERE/fleet/hosts.sh"

# The address at which ssh reached it; its other networks, InfiniBand and Docker, have others.
# shellcheck disable=SC2016 # the variable is the host's
ADDRESS='set -- $SSH_CONNECTION; [ -n "${3:-}" ] && echo "$3"'

main() {
  local hostfile=${1:-$HOME/hostfile} number
  (($# <= 1)) && [[ $hostfile != -* ]] || {
    echo "usage: ${0##*/} [HOSTFILE]" >&2
    exit "$USAGE"
  }
  read_hosts "$hostfile"
  on_each_host "$ADDRESS"
  tell_failures || {
    echo "$hostfile-ip is left as it was" >&2
    exit 1
  }
  for number in "${!HOSTS[@]}"; do
    head -n 1 "$WORK/$number.out"
  done >"$hostfile-ip.new"
  mv -f "$hostfile-ip.new" "$hostfile-ip"
  echo "$hostfile-ip: ${#HOSTS[@]} addresses"
}

main "$@"
