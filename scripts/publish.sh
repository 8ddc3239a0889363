#!/usr/bin/env bash
# `publish.sh IMAGE REPOSITORY` pushes an image that images.sh has built, and prints REPOSITORY@sha256:<digest>.
# Refused, with 1, is what nobody could build again: files that differ from the commit, a commit without the version's
# git tag, bases without a digest, providers that the lock files don't list, and whatever stands on an engine with
# images made here in place of the registry's.
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
# shellcheck source=docker_client.sh
source "$here/docker_client.sh"

main() {
  local image="$1" repository="$2" published version revision bases
  choose_docker || refuse "no container engine: $(why_no_docker)"
  revision="$(label org.opencontainers.image.revision)" || refuse "there is no image $image; scripts/images.sh builds it"
  version="$(label org.opencontainers.image.version)"
  [[ "$revision" =~ ^[0-9a-f]{40}$ ]] || refuse "$image is of '$revision', not of a commit alone: commit, and build it again"
  git -C "$here" tag --points-at "$revision" | grep -qxF "v$version" ||
    refuse "commit $revision has no tag v$version: release what is tagged"
  bases="$(label org.cluster-provision.bases)"
  grep -qxE '([^ @]+@sha256:[0-9a-f]{64} ?){2}' <<<"$bases" ||
    refuse "$image is built from '$bases', not from two images with digests: build it by scripts/images.sh where the registry answers"
  [[ "$(label org.cluster-provision.providers)" != own ]] || refuse "$image holds providers that the lock files don't list"
  [[ -z "$(label org.cluster-provision.made-here)" ]] || refuse "$image stands on images made here: build where the registry answers"
  [[ -z "$("$DOCKER" image ls --quiet --filter label=org.cluster-provision.made-here)" ]] ||
    refuse "this engine has base images made here: build where the registry answers"
  published="$repository:${image#*:}"
  "$DOCKER" tag "$image" "$published"
  "$DOCKER" push --quiet "$published" >&2
  "$DOCKER" image inspect --format '{{range .RepoDigests}}{{println .}}{{end}}' "$published" | grep -F "$repository@" ||
    refuse "$published was pushed, and the engine has no digest of it"
}

label() { "$DOCKER" image inspect --format "{{index .Config.Labels \"$1\"}}" "$image"; }

refuse() {
  echo "publish: $1" >&2
  exit 1
}

main "$@"
