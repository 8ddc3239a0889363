#!/usr/bin/env bash
# gather-files.sh HOSTFILE FILE OUTPUT [-n LINES | -a]: writes the last line of FILE on every host into OUTPUT ("-": to
# standard output), or its last LINES, or with -a all of it. Each line begins with its host's name and a space, and the
# hosts have the order of HOSTFILE. A host that doesn't answer, or has no such file, is named on standard error.
# Exit status: 0, 1 if a host is missing from OUTPUT, 64 for wrong usage.
set -euo pipefail
HERE=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
# shellcheck source=fleet/hosts.sh
. "$HERE/fleet/hosts.sh"

main() {
  local part="tail -n 1" given=() path output
  while (($# > 0)); do
    case $1 in
      -n)
        [[ ${2:-} =~ ^[1-9][0-9]*$ ]] || usage
        part="tail -n $2"
        shift
        ;;
      -a) part="cat" ;;
      -?*) usage ;;
      *) given+=("$1") ;;
    esac
    shift
  done
  ((${#given[@]} == 3)) || usage
  read_hosts "${given[0]}"
  printf -v path %q "${given[1]}"
  output=${given[2]}

  on_each_host "$part -- $path"
  if [[ $output == - ]]; then
    print_all
  else
    print_all >"$output.new"
    mv -f "$output.new" "$output"
  fi
  tell_failures
}

print_all() {
  local number
  for number in "${!HOSTS[@]}"; do
    LC_ALL=C awk -v host="${HOSTS[number]}" '{ print host " " $0 }' "$WORK/$number.out"
  done
}

usage() {
  echo "usage: ${0##*/} HOSTFILE FILE OUTPUT [-n LINES | -a]" >&2
  exit "$USAGE"
}

main "$@"
