#!/usr/bin/env bash
# Destroys what demo.sh created, with an engine or without, and sees that nothing is left of it: no container, no
# network, no volume.
#
#   demo_down.sh           Destroy; what belongs to other rehearsals on this engine stays
#   demo_down.sh --force   also removes everything of any rehearsal on this engine, whatever state it is in
#
# `make demo-down` then stops the engine too, if it was started here and nothing else is on it.
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
# shellcheck source=docker_client.sh
source "$root/scripts/docker_client.sh"
folder="${DEMO_FOLDER:-$root/.cache/demo}"
label=org.cluster-provision.rehearsal
force="${1:-}"

main() {
  local found=0 said
  failed=0
  if [[ -d "$folder" ]]; then without_engine; fi
  said="$("$root/scripts/engine.sh" resume 2>&1)" || found=$?
  case "$found" in
    0) with_engine ;;
    1) [[ "$failed" != 0 ]] || echo "demo: nothing is left here; $said" >&2 ;;
    *) echo "$said" >&2; exit "$found" ;;
  esac
  [[ "$failed" == 0 ]] || fail 1 "Destroy failed; 'make demo-down FORCE=1' removes everything of any rehearsal all the same"
}

without_engine() {
  if REHEARSE=plan "$root/scripts/demo.sh" Destroy || [[ "$force" == --force ]]; then
    rm -rf "$folder"
  else
    failed=1
  fi
}

with_engine() {
  choose_docker
  if [[ "$force" == --force ]]; then
    remove_all
  elif [[ -n "$(traces)" ]]; then
    REHEARSE=yes "$root/scripts/demo.sh" Destroy || { failed=1; return; }
    remove_machines
  fi
  nothing_left
}

remove_machines() { # those that exist already outlive their cluster; the cloud ends after the last of them
  local deadline=$((SECONDS + 30))
  "$DOCKER" exec rehearsal-cloud python3 -m embedded_cloud.existing.remove >/dev/null 2>&1 || return 0
  while [[ -n "$(list ps -a -q)" && -z "$(list ps -a -q --filter "label=$label=node")" ]] && ((SECONDS < deadline)); do
    sleep 0.2
  done
}

remove_all() {
  local network
  list ps -a -q | xargs -r "$DOCKER" rm -f -v
  for network in $(list network ls -q); do
    remove_network "$network"
  done
  list volume ls -q | xargs -r "$DOCKER" volume rm
} >/dev/null

remove_network() { # a run that was killed may still stand on it
  local member
  # shellcheck disable=SC2016 # $id is the template's own
  for member in $("$DOCKER" network inspect -f '{{range $id, $_ := .Containers}}{{$id}} {{end}}' "$1"); do
    "$DOCKER" network disconnect -f "$1" "$member"
  done
  "$DOCKER" network rm "$1"
}

list() { "$DOCKER" "$@" --filter "label=$label"; }

traces() { list ps -a --format 'container {{.Names}}'; list network ls --format 'network {{.Name}}'; list volume ls --format 'volume {{.Name}}'; }

nothing_left() {
  local left
  left="$(traces)"
  if [[ -z "$left" ]]; then
    echo "demo: nothing is left: no container, network or volume" >&2
  elif [[ -n "$(list ps -a -q --filter "label=$label=node")" ]]; then
    printf '%s\n' "demo: other clusters are still rehearsed on this engine, so there are left:" "$left" >&2
  else
    fail 23 "left behind:"$'\n'"$left"
  fi
}

fail() { # exit code, what to say
  echo "demo: $2" >&2
  exit "$1"
}

main "$@"
