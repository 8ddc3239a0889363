#!/usr/bin/env bash
# Destroys what demo.sh created, and sees that nothing is left of it: no container, no network, no volume.
#
#   demo_down.sh           Destroy; what belongs to other rehearsals on this engine stays
#   demo_down.sh --force   also removes everything of any rehearsal on this engine, whatever state it is in
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
# shellcheck source=docker_client.sh
source "$root/scripts/docker_client.sh"
folder="${DEMO_FOLDER:-$root/.cache/demo}"
label=org.cluster-provision.rehearsal

main() {
  if [[ -d "$folder" ]]; then
    without_engine
  elif choose_docker; then
    [[ "${1:-}" == --force ]] || destroy
    [[ "${1:-}" != --force ]] || remove_all
    nothing_left
  else
    echo "demo: no container engine answers, and nothing was rehearsed without one: there is nothing to destroy" >&2
  fi
}

without_engine() {
  cd "$root"
  .venv/bin/python -m cluster_provision.settings.env_file "${DEMO_ENV_FILE:-examples/gcp-quickstart.list}" \
    env REHEARSE=plan REHEARSE_DIR="$folder" "$root/.venv/bin/python" "$root/entrypoint.py" Destroy
  rm -rf "$folder"
}

destroy() {
  if ! "$root/scripts/demo.sh" Destroy; then
    echo "demo: Destroy failed; 'scripts/demo_down.sh --force' removes every rehearsal's containers all the same" >&2
    exit 1
  fi
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

nothing_left() {
  local left
  left="$(list ps -a --format 'container {{.Names}}'; list network ls --format 'network {{.Name}}'; list volume ls --format 'volume {{.Name}}')"
  if [[ -z "$left" ]]; then
    echo "demo: nothing is left: no container, network or volume" >&2
  elif [[ -n "$("$DOCKER" ps -a -q --filter "label=$label=node")" ]]; then
    printf '%s\n' "demo: other clusters are still rehearsed on this engine, so there are left:" "$left" >&2
  else
    printf '%s\n' "demo: left behind:" "$left" >&2
    exit 23
  fi
}

main "$@"
