#!/usr/bin/env bash
# The main job on the embedded cloud: an engine, the images, and `Create` of examples/gcp-quickstart.list with two nodes
# that really boot. Where no engine can be had, the same env file with REHEARSE=plan on this machine.
#
#   demo.sh [Create|Plan|Validate|Destroy]   the action, Create by default
#   REHEARSE=plan                            without an engine, even where there is one
#   DEMO_ENV_FILE                            another env file, such as examples/azure-vms.list; examples/existing-slurm.list
#                                            boots the machines first that it names
#   DEMO_FOLDER                              where the embedded cloud is kept without an engine
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
# shellcheck source=docker_client.sh
source "$root/scripts/docker_client.sh"
action="${1:-Create}"
folder="${DEMO_FOLDER:-$root/.cache/demo}"
env_file="${DEMO_ENV_FILE:-$root/examples/gcp-quickstart.list}"
[[ "$folder" == /* ]] || folder="$PWD/$folder"
[[ "$env_file" == /* ]] || env_file="$PWD/$env_file"

main() {
  local status=0
  [[ "${REHEARSE:-}" != plan ]] || status=17
  [[ "$status" != 0 ]] || "$root/scripts/engine.sh" start || status=$?
  case "$status" in
    0) with_engine ;;
    17) without_engine ;;
    *) exit "$status" ;;
  esac
  [[ "$action" != Create ]] || echo "demo: \`make demo-down\` destroys it" >&2
}

# demo_down.sh destroys what is noted, each with its own env file.
note() { # how it is rehearsed
  local line="$1 $env_file"
  [[ "$action" == Create ]] || return 0
  mkdir -p "$root/.cache"
  grep -qxF "$line" "$root/.cache/demos" 2>/dev/null || echo "$line" >>"$root/.cache/demos"
}

with_engine() {
  local image terminal=()
  image="$("$root/scripts/images.sh" rehearsal "$(machines)" | sed -n 1p)"
  choose_docker
  [[ ! -t 2 ]] || terminal=(-t)
  note yes
  shown "$DOCKER" run --rm "${terminal[@]}" -v "$(engine_socket):/var/run/docker.sock" --env-file "$env_file" \
    -e REHEARSE=yes "$image" "$action"
}

machines() { # the image that the env file's machines boot from
  local kind=node
  if grep -qi '^CLOUD=existing' "$env_file"; then
    echo node-existing
    return
  fi
  if grep -qi '^ORCHESTRATOR_TYPE=slurm' "$env_file"; then
    # An image of your own boots as one with Slurm's packages: by Azure's id, or of the cluster's project.
    if grep -q '^IMAGE=/' "$env_file" || grep -qxF "IMAGE_PROJECT=$(sed -n 's/^PROJECT_ID=//p' "$env_file")" "$env_file"; then
      echo node-slurm-installed
      return
    fi
    echo node-slurm
    return
  fi
  if grep -qi '^CLOUD=azure' "$env_file"; then kind+=-azure; fi
  if grep -qi '^ORCHESTRATOR_TYPE=ray' "$env_file"; then kind+=-ray; fi
  echo "$kind"
}

without_engine() {
  [[ "${REHEARSE:-}" == plan ]] ||
    echo "demo: without a container engine no node can boot: the same env file with REHEARSE=plan" >&2
  # What keeps the blobs of a rehearsal on Azure is in the image, but not yet here.
  ! grep -qi '^CLOUD=azure' "$env_file" || "$root/scripts/azurite.sh" >/dev/null
  note plan
  cd "$root"
  shown "$root/.venv/bin/python" -m cluster_provision.settings.env_file "$env_file" \
    env REHEARSE=plan REHEARSE_DIR="$folder" "$root/.venv/bin/python" "$root/entrypoint.py" "$action"
}

shown() {
  echo "\$ $*" >&2
  "$@"
}

main
