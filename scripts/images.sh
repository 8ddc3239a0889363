#!/usr/bin/env bash
# Builds images and prints their names:
# `images.sh default|rehearsal|node|node-ray|node-azure|node-azure-ray|node-existing|node-existing-13|node-slurm|node-slurm-installed...`
# (default: rehearsal node).
# DOCS_URL is the address of the pages in docs/, which the tool's messages name then.
# PLATFORM=linux/arm64 builds default and rehearsal for another processor than this one, where the machine can emulate it;
# their names end in -arm64 then.
# PROVIDERS=yes puts Terraform's providers into both, those of the lock files, from the folder PROVIDER_MIRROR or else
# from the registry; with PROVIDERS=own, PROVIDER_MIRROR's whatever they are. Names have -providers in them then.
# What is built already and hasn't changed takes the engine under a second.
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
root="$(cd "$here/.." && pwd)"
# shellcheck source=docker_client.sh
source "$here/docker_client.sh"
version="$(sed -n 's/^__version__ = "\(.*\)"/\1/p' "$root/cluster_provision/__init__.py")"
logs="$root/.cache/images"
suffix=""

main() {
  local wanted=("$@") image pids=() failed=0 bases more=() arguments=() labels revision
  [[ $# -gt 0 ]] || wanted=(rehearsal node)
  for image in "${wanted[@]}"; do name "$image" >/dev/null; done
  choose_docker || { echo "images: no container engine: $(why_no_docker); 'scripts/engine.sh start' sees to one" >&2; exit 17; }
  mkdir -p "$logs"
  [[ " ${wanted[*]} " != *" node-existing-13 "* ]] || more=(trixie)
  bases="$("$here/base_images.sh" "${more[@]}")"
  [[ -z "${PLATFORM:-}" ]] || choose_platform "${wanted[@]}"
  choose_providers
  while read -r base; do arguments+=(--build-arg "$base"); done <<<"$bases"
  labels=(--label "org.opencontainers.image.version=$version")
  revision="$(revision)"
  [[ -z "$revision" ]] || labels+=(--label "org.opencontainers.image.revision=$revision")
  label created "$(git -C "$root" log -1 --format=%cI 2>/dev/null || true)"
  label source "$(source_address)"
  while IFS='=' read -r _ base; do inherit "$base"; done <<<"$bases"
  labels+=(--label "org.cluster-provision.bases=$(sed -nE 's/^(PYTHON|TERRAFORM)_IMAGE=//p' <<<"$bases" | paste -sd ' ')")
  # Each by itself, but for those that are built upon another.
  for image in "${wanted[@]}"; do
    for base in $(bases_of "$image"); do
      build "$base" >"$logs/$base.log" 2>&1 || { report "$base"; exit 1; }
    done
  done
  for image in "${wanted[@]}"; do
    build "$image" >"$logs/$image.log" 2>&1 &
    pids+=($!)
  done
  for i in "${!wanted[@]}"; do
    wait "${pids[$i]}" || { failed=1; report "${wanted[$i]}"; }
  done
  [[ "$failed" == 0 ]] || exit 1
  for image in "${wanted[@]}"; do name "$image"; done
}

choose_platform() { # the images; exits with what to do where they can't be built
  local image own base
  [[ "$PLATFORM" == linux/amd64 || "$PLATFORM" == linux/arm64 ]] || refuse "PLATFORM is '$PLATFORM': linux/amd64 or linux/arm64"
  own="$("$DOCKER" version --format '{{.Server.Os}}/{{.Server.Arch}}')"
  [[ "$PLATFORM" != "$own" ]] || return 0
  for image in "$@"; do
    [[ "$image" == default || "$image" == rehearsal ]] || refuse "only default and rehearsal are built for $PLATFORM, not $image"
  done
  [[ "$bases" != *cluster-provision/made-here* ]] ||
    refuse "the bases made here are for $own: build for $PLATFORM where Docker Hub answers, on an engine without bases made here"
  base="$(sed -n 's/^PYTHON_IMAGE=//p' <<<"$bases")"
  "$DOCKER" run --rm --platform "$PLATFORM" "$base" true >/dev/null 2>"$logs/platform.log" ||
    refuse "this machine doesn't run programs for $PLATFORM (see $logs/platform.log): build on one that is $PLATFORM, or install QEMU's emulation (Debian: apt-get install qemu-user-static binfmt-support)"
  arguments+=(--platform "$PLATFORM")
  suffix="-${PLATFORM#linux/}"
}

choose_providers() {
  case "${PROVIDERS:-no}" in
    no) return ;;
    yes | own) ;;
    *) refuse "PROVIDERS is '$PROVIDERS': no, yes or own" ;;
  esac
  arguments+=(--build-arg "WITH_PROVIDERS=$PROVIDERS")
  suffix="-providers$suffix"
  [[ "$PROVIDERS" != own || -n "${PROVIDER_MIRROR:-}" ]] || refuse "with PROVIDERS=own, PROVIDER_MIRROR names the folder that has them"
  [[ -n "${PROVIDER_MIRROR:-}" ]] || return 0
  given="$("$here/given_providers.sh" "${PLATFORM:-$("$DOCKER" version --format '{{.Server.Os}}/{{.Server.Arch}}')}")"
  trap '"$DOCKER" rmi "$given" >/dev/null 2>&1 || true' EXIT # it is in the images then
  arguments+=(--build-arg "PROVIDERS_IMAGE=$given")
}

refuse() {
  echo "images: $1" >&2
  exit 17
}

revision() { # the commit, with `-dirty` where files differ from it; nothing where there is no repository
  local commit changed
  commit="$(git -C "$root" rev-parse HEAD 2>/dev/null)" || return 0
  changed="$(git -C "$root" status --porcelain 2>/dev/null)" || return 0
  echo "$commit${changed:+-dirty}"
}

label() { # adds one of the names that OCI's image specification lists, where there is a value
  [[ -z "$2" ]] || labels+=(--label "org.opencontainers.image.$1=$2")
}

source_address() { # of the repository, without the credentials that a clone's address may hold
  git -C "$root" remote get-url origin 2>/dev/null | sed -nE 's#^https://([^/@]*@)?#https://#p' || true
}

inherit() { # The image copies its bases' files, which loses their labels: what was made here says so all the same.
  local made
  made="$("$DOCKER" image inspect "$1" --format '{{index .Config.Labels "org.cluster-provision.made-here"}}')"
  [[ -z "$made" || " ${labels[*]} " == *made-here* ]] || labels+=(--label "org.cluster-provision.made-here=yes")
}

bases_of() { # which of ours it is built upon, the lowest first
  case "$1" in
    node-ray | node-azure) echo node ;;
    node-azure-ray) echo node node-azure ;;
    node-slurm) echo node-existing ;;
    node-slurm-installed) echo node-existing node-slurm ;;
  esac
}

name() { # embedded_cloud/engine/names.py knows most of them too, and a test that they are the same
  case "$1" in
    default) echo "cluster-provision:$version$suffix" ;;
    rehearsal) echo "cluster-provision:$version-rehearsal$suffix" ;;
    node) echo "cluster-provision-node:$version" ;;
    node-ray) echo "cluster-provision-node-ray:$version" ;;
    node-azure) echo "cluster-provision-node-azure:$version" ;;
    node-azure-ray) echo "cluster-provision-node-azure-ray:$version" ;;
    node-existing) echo "cluster-provision-node-existing:$version" ;;
    node-existing-13) echo "cluster-provision-node-existing-13:$version" ;;
    node-slurm) echo "cluster-provision-node-slurm:$version" ;;
    node-slurm-installed) echo "cluster-provision-node-slurm-installed:$version" ;;
    *) echo "images: there is no image '$1'" >&2; exit 2 ;;
  esac
}

build() {
  local place=("$root") images="$root/embedded_cloud/images"
  case "$1" in
    default) place=(--build-arg "DOCS_URL=${DOCS_URL:-}" "${labels[@]}" "$root") ;;
    rehearsal) place=(--build-arg "DOCS_URL=${DOCS_URL:-}" "${labels[@]}" --target rehearsal "$root") ;;
    node) place=("$images/node") ;;
    node-azure) place=(--build-arg "NODE_IMAGE=$(name node)" "$images/node-azure") ;;
    node-existing) place=(-f "$images/node-existing/Dockerfile" "$images") ;;
    node-existing-13) place=(--build-arg "DEBIAN_IMAGE=$(trixie)" -f "$images/node-existing/Dockerfile" "$images") ;;
    node-slurm) place=(--build-arg "NODE_IMAGE=$(name node-existing)" -f "$images/node-slurm/Dockerfile" "$images") ;;
    node-slurm-installed) place=(--build-arg "NODE_IMAGE=$(name node-slurm)" "$images/node-slurm-installed") ;;
    node-ray | node-azure-ray)
      place=(--build-arg "NODE_IMAGE=$(name "${1%-ray}")" -f "$images/node-ray/Dockerfile" "$root/node")
      ;;
  esac
  "$DOCKER" build "${arguments[@]}" -t "$(name "$1")" "${place[@]}"
}

trixie() { # the image of Debian 13, among the arguments
  local argument
  for argument in "${arguments[@]}"; do
    [[ "$argument" != TRIXIE_IMAGE=* ]] || echo "${argument#*=}"
  done
}

report() {
  echo "images: building $1 failed; the end of $logs/$1.log:" >&2
  tail -n 25 "$logs/$1.log" >&2
}

main "$@"
