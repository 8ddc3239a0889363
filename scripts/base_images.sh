#!/usr/bin/env bash
# Sees to the images that ours are built from, and prints them as `NAME=image` lines, build arguments of our Dockerfiles.
#
# Each comes from the registry where that answers, else is made here: Debian's packages, this machine's own Terraform.
# Those made here have names of our own and a label that says what they are, so that no other build on this engine takes
# them for the registry's.
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
# shellcheck source=docker_client.sh
source "$here/docker_client.sh"

debian=debian:bookworm-slim
python=python:3.11-slim-bookworm
terraform=hashicorp/terraform:1.11.4
made="cluster-provision/made-here"
label="org.cluster-provision.made-here"
log="${BASE_IMAGES_LOG:-$(dirname "$here")/.cache/base-images.log}"

main() {
  choose_docker || { echo "base images: no container engine answers" >&2; exit 17; }
  mkdir -p "$(dirname "$log")"
  local had_debian had_python had_terraform
  had_terraform="$(have terraform "$terraform" make_terraform)"
  had_debian="$(have debian "$debian" make_debian)"
  had_python="$(have python "$python" make_python)"
  printf '%s\n' "DEBIAN_IMAGE=$had_debian" "PYTHON_IMAGE=$had_python" "TERRAFORM_IMAGE=$had_terraform"
}

have() { # what it is, its name in the registry, what makes it where there is no registry
  local own="$made-$1"
  if present "$2"; then
    echo "$2"
  elif present "$own"; then
    echo "$own"
  elif registry_answers && timeout 300 "$DOCKER" pull -q "$2" >&2; then
    echo "$2"
  else
    echo "base images: making $1 here" >&2
    "$3" "$own" >&2
    echo "$own"
  fi
}

present() { "$DOCKER" image inspect "$1" >/dev/null 2>&1; }

registry_answers() {
  [[ "$(curl -s -o /dev/null -w '%{http_code}' --connect-timeout 3 --max-time 6 https://registry-1.docker.io/v2/)" == 401 ]]
}

make_debian() {
  command -v mmdebstrap >/dev/null || install_mmdebstrap
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
    bookworm - "$("$here/debian_mirror.sh")" 2>"$log" |
    "$DOCKER" import -c "LABEL $label=debian-packages" -c 'CMD ["bash"]' - "$1" >/dev/null || { tail -n 20 "$log" >&2; return 1; }
}

install_mmdebstrap() {
  if [[ "$(id -u)" != 0 ]] || ! command -v apt-get >/dev/null; then
    echo "base images: no registry answers, and making them from packages needs mmdebstrap: install it" >&2
    exit 17
  fi
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends mmdebstrap debian-archive-keyring >/dev/null 2>&1 ||
    { echo "base images: 'apt-get install mmdebstrap' failed" >&2; exit 17; }
}

make_python() {
  # Debian's own 3.11, with the names that the registry's image has.
  "$DOCKER" build -q -t "$1" --label "$label=debian-packages" --build-arg "DEBIAN_IMAGE=$had_debian" - <<'DOCKERFILE'
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
  local binary folder
  binary="$("$here/terraform.sh")"
  folder="$(dirname "$binary")"
  tar -C "$folder" --transform 's,^,bin/,' -ch "$(basename "$binary")" |
    "$DOCKER" import -c "LABEL $label=machines-own-binary" -c 'ENTRYPOINT ["/bin/terraform"]' - "$1" >/dev/null
}

main
