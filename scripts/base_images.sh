#!/usr/bin/env bash
# Sees to the images that ours are built from, and prints them as `NAME=image` lines, build arguments of our Dockerfiles.
# Debian 13 is among them where it is asked for: `base_images.sh trixie`.
#
# Each comes from the registry where that answers, else is made here: Debian's packages, this machine's own Terraform.
# Those made here have names of our own and a label that says what they are, so that no other build on this engine takes
# them for the registry's. A name is given only to an image that was made whole and runs.
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
# shellcheck source=docker_client.sh
source "$here/docker_client.sh"

made="cluster-provision/made-here"
label="org.cluster-provision.made-here"
cache="${BASE_IMAGES_CACHE:-$(dirname "$here")/.cache/base-images}"
log="$cache/log"

main() {
  local DEBIAN_IMAGE PYTHON_IMAGE TERRAFORM_IMAGE TRIXIE_IMAGE="" registry="" terraform python
  choose_docker || fail "no container engine: $(why_no_docker)"
  mkdir -p "$cache"
  work="$(mktemp -d "$cache/XXXXXX")"
  trap 'rm -rf "$work"' EXIT
  terraform="$(in_dockerfile TERRAFORM_IMAGE)"
  python="$(in_dockerfile PYTHON_IMAGE)"
  have TERRAFORM_IMAGE "$terraform" terraform /bin/terraform version
  have DEBIAN_IMAGE debian:bookworm-slim debian apt-get --version
  have PYTHON_IMAGE "$python" python python -c 'import pip, venv'
  [[ "${1:-}" != trixie ]] || have TRIXIE_IMAGE debian:trixie-slim trixie apt-get --version
  printf '%s\n' "DEBIAN_IMAGE=$DEBIAN_IMAGE" "PYTHON_IMAGE=$PYTHON_IMAGE" "TERRAFORM_IMAGE=$TERRAFORM_IMAGE" \
    ${TRIXIE_IMAGE:+"TRIXIE_IMAGE=$TRIXIE_IMAGE"}
}

in_dockerfile() { # what the tool's Dockerfile builds from by itself, pinned by its digest
  sed -n "s/^ARG $1=//p" "$here/../Dockerfile" | grep @sha256: || fail "the Dockerfile pins no $1"
}

# Not to be called where bash ignores failures, which it does within `if`, `||` and `$( )`.
have() { # the variable to set, the name in the registry, what it is, and a command that runs in it
  local variable="$1" remote="$2" what="$3" own="$made-$3" chosen
  shift 3
  if present "$remote"; then
    chosen="$remote"
  elif present "$own"; then
    chosen="$own"
  elif registry_answers && timeout 300 "$DOCKER" pull -q "$remote" >&2; then
    chosen="$remote"
  else
    echo "base images: making $what here" >&2
    "make_$what" "$own:unproven" >&2
    "$DOCKER" run --rm --entrypoint "$1" "$own:unproven" "${@:2}" >"$log" 2>&1 || fail "the $what made here does not run, see $log"
    "$DOCKER" tag "$own:unproven" "$own"
    "$DOCKER" rmi "$own:unproven" >/dev/null
    chosen="$own"
  fi
  printf -v "$variable" %s "$chosen"
}

present() { "$DOCKER" image inspect "$1" >/dev/null 2>&1; }

registry_answers() { # asked once
  registry="${registry:-$(timeout 10 python3 "$here/fetch.py" https://registry-1.docker.io/v2/ 2>/dev/null || echo none)}"
  [[ "$registry" == 401 ]]
}

make_debian() { make_debian_of bookworm "$1"; }

make_trixie() { make_debian_of trixie "$1"; }

make_debian_of() { # the suite, the image's name
  need_mmdebstrap
  # Documentation, manuals, translations and package files are left out, as the registry's slim image does.
  # The package usrmerge, which would be taken else, brings all of Perl.
  # shellcheck disable=SC2016 # $1 is the new root, which mmdebstrap fills in
  mmdebstrap --quiet --variant=minbase --include=ca-certificates,usr-is-merged --hook-dir=/usr/share/mmdebstrap/hooks/merged-usr \
    --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
    --aptopt='DPkg::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb || true"; }' \
    --aptopt='Dir::Cache::pkgcache ""' --aptopt='Dir::Cache::srcpkgcache ""' \
    --customize-hook='mkdir -p "$1/usr/local/share/ca-certificates"; cp /usr/local/share/ca-certificates/*.crt "$1/usr/local/share/ca-certificates/" 2>/dev/null; true' \
    --customize-hook='chroot "$1" update-ca-certificates >/dev/null 2>&1' \
    --customize-hook='rm -rf "$1"/var/lib/apt/lists/* "$1"/var/log/*' \
    "$1" - "$("$here/debian_mirror.sh")" >"$work/debian.tar" 2>"$log" || fail "mmdebstrap failed, see $log: $(tail -n 1 "$log")"
  "$DOCKER" import -c "LABEL $label=debian-packages" -c 'CMD ["bash"]' "$work/debian.tar" "$2" >/dev/null
}

need_mmdebstrap() { # and Debian's keys, which an Ubuntu lacks
  if command -v mmdebstrap && compgen -G '/usr/share/keyrings/debian-archive-keyring.*'; then return; fi >/dev/null
  if [[ "$(id -u)" != 0 ]] || ! command -v apt-get >/dev/null; then
    fail "no registry answers, and making them from packages needs mmdebstrap and debian-archive-keyring: install them"
  fi
  export DEBIAN_FRONTEND=noninteractive
  { apt-get update && apt-get install -y --no-install-recommends mmdebstrap debian-archive-keyring; } >"$log" 2>&1 ||
    fail "'apt-get install mmdebstrap debian-archive-keyring' failed, see $log"
}

make_python() {
  # Debian's own 3.11, with the names that the registry's image has.
  "$DOCKER" build -q -t "$1" --label "$label=debian-packages" --build-arg "DEBIAN_IMAGE=$DEBIAN_IMAGE" - <<'DOCKERFILE'
ARG DEBIAN_IMAGE
FROM ${DEBIAN_IMAGE}
RUN apt-get update -qq \
 && apt-get install -y -qq --no-install-recommends python3 python3-pip python3-venv >/dev/null \
 && rm -rf /var/lib/apt/lists/* /usr/lib/python3*/EXTERNALLY-MANAGED \
 && ln -s python3 /usr/bin/python
CMD ["python3"]
DOCKERFILE
}

make_terraform() {
  local binary
  binary="$("$here/terraform.sh")"
  mkdir "$work/bin"
  cp -L "$binary" "$work/bin/terraform"
  tar -C "$work" -cf "$work/terraform.tar" bin
  "$DOCKER" import -c "LABEL $label=machines-own-binary" -c 'ENTRYPOINT ["/bin/terraform"]' "$work/terraform.tar" "$1" >/dev/null
}

fail() {
  echo "base images: $1" >&2
  exit 17
}

main "$@"
