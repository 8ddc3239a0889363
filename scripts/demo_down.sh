#!/usr/bin/env bash
# Destroys what demo.sh created from this checkout, with an engine or without, and sees that nothing is left of it: no
# container, no network, no volume.
#
#   demo_down.sh           Destroy; what belongs to other rehearsals on this engine stays
#   REHEARSE=plan          only what was rehearsed without an engine
#   DEMO_ENV_FILE          only the demo of this env file
#   demo_down.sh --force   also removes everything of any rehearsal on this engine, whatever state it is in
#
# `make demo-down` then stops the engine too, if it was started here and nothing else is on it.
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
# shellcheck source=docker_client.sh
source "$root/scripts/docker_client.sh"
folder="${DEMO_FOLDER:-$root/.cache/demo}"
demos="$root/.cache/demos"
label=org.cluster-provision.rehearsal
force="${1:-}"
only="${DEMO_ENV_FILE:-}"
[[ -z "$only" || "$only" == /* ]] || only="$PWD/$only"

main() {
  local found=0 said
  failed=0
  if [[ -d "$folder" ]]; then without_engine; fi
  [[ "${REHEARSE:-}" != plan ]] || { ended; return; }
  said="$("$root/scripts/engine.sh" resume 2>&1)" || found=$?
  case "$found" in
    0) with_engine ;;
    1) [[ "$failed" != 0 ]] || echo "demo: nothing is left here; $said" >&2 ;;
    *) echo "$said" >&2; exit "$found" ;;
  esac
  ended
}

ended() {
  [[ "$failed" == 0 ]] || fail 1 "Destroy failed; 'make demo-down FORCE=1' removes everything of any rehearsal all the same"
}

# The env files of this checkout's demos that are rehearsed so; with DEMO_ENV_FILE, that one if it is among them.
env_files() { # how they are rehearsed
  sed -n "s/^$1 //p" "$demos" 2>/dev/null | if [[ -n "$only" ]]; then grep -xF "$only" || true; else cat; fi
}

destroy() { # how it is rehearsed, env file
  REHEARSE="$1" DEMO_ENV_FILE="$2" "$root/scripts/demo.sh" Destroy
}

forget() { # how it is rehearsed, env file
  local rest
  rest="$(grep -vxF "$1 $2" "$demos" 2>/dev/null)" || { rm -f "$demos"; return; }
  echo "$rest" >"$demos"
}

without_engine() {
  local file failed_here=0
  while read -r file <&3; do
    if destroy plan "$file"; then forget plan "$file"; else failed_here=1; fi
  done 3< <(env_files plan)
  if [[ "$failed_here" != 0 && "$force" != --force ]]; then
    failed=1
  elif [[ "$force" == --force || ! -s "$demos" ]] || ! grep -q '^plan ' "$demos"; then
    rm -rf "$folder"
  fi
}

with_engine() {
  local file here=0
  choose_docker
  if [[ "$force" == --force ]]; then
    remove_all
    rm -f "$demos"
    here=1
  elif [[ -n "$(traces)" ]]; then
    while read -r file <&3; do
      here=1
      if destroy yes "$file"; then forget yes "$file"; else failed=1; fi
      if grep -qi '^CLOUD=existing' "$file"; then remove_machines; fi
    done 3< <(env_files yes)
    [[ "$failed" == 0 ]] || return 0
  fi
  nothing_left "$here"
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

nothing_left() { # whether anything was destroyed
  local left
  left="$(traces)"
  if [[ -z "$left" ]]; then
    echo "demo: nothing is left: no container, network or volume" >&2
  elif [[ "$1" == 0 ]]; then
    printf '%s\n' "demo: nothing is left of this checkout's; of other rehearsals on this engine there are:" "$left" >&2
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
