#!/usr/bin/env bash
# Prints the path of a Terraform binary, 1.11 or later: the first such on PATH, else the cached one, else 1.11.4 from its
# release site, checked against HashiCorp's published checksum. Exit code 17 and one line: none can be had.
# TERRAFORM_RELEASES names a mirror of the release site.
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
version=1.11.4
cache="${TERRAFORM_CACHE:-$(dirname "$here")/.cache/bin}"
linked="$(dirname "$here")/.venv/bin/terraform" # is what this script chose before
releases="${TERRAFORM_RELEASES:-https://releases.hashicorp.com/terraform}"

main() {
  local candidate candidates
  mapfile -t candidates < <(type -aP terraform || true)
  for candidate in "${candidates[@]}" "$cache/terraform"; do
    if [[ "$candidate" != "$linked" && -x "$candidate" ]] && recent_enough "$candidate"; then
      echo "$candidate"
      return
    fi
  done
  download
  echo "$cache/terraform"
}

recent_enough() {
  local found
  found="$(env -u TF_CLI_CONFIG_FILE CHECKPOINT_DISABLE=1 "$1" version -json 2>/dev/null | sed -n 's/.*"terraform_version": *"\([0-9.]*\).*/\1/p')"
  [[ "$(printf '%s\n' 1.11.0 "${found:-0}" | sort -V | sed -n 1p)" == 1.11.0 ]]
}

# The values of terraform_1.11.4_SHA256SUMS.
checksum() {
  case "$1" in
    linux_amd64) echo 1ce994251c00281d6845f0f268637ba50c0005657eb3cf096b92f753b42ef4dc ;;
    linux_arm64) echo a43d1d0da9b9bab214a8305a39db0e40869572594ccf50c416a7756499143633 ;;
    darwin_amd64) echo a56d5002b9f7647291faccc3dd1a70350e60fb61e4c45037629508b8fdc2575b ;;
    darwin_arm64) echo 867e0808fa971217043e25b7a792b10720c79b1546f8a68479b74f138be73e18 ;;
    *) none_to_be_had "there is no checksum for $1" ;;
  esac
}

download() {
  local platform expected archive
  platform="$(uname -s | tr '[:upper:]' '[:lower:]')_$(uname -m | sed 's/x86_64/amd64/; s/aarch64/arm64/')"
  expected="$(checksum "$platform")"
  mkdir -p "$cache"
  archive="$cache/terraform_${version}_$platform.zip"
  echo "terraform: fetching $version" >&2
  python3 "$here/fetch.py" "$releases/$version/$(basename "$archive")" "$archive" || none_to_be_had "its release site does not answer"
  [[ "$(sha256 "$archive")" == "$expected" ]] || { rm -f "$archive"; none_to_be_had "what its release site sent has another checksum"; }
  unpack "$archive"
  rm -f "$archive"
}

sha256() { python3 -c 'import hashlib, sys; print(hashlib.sha256(open(sys.argv[1], "rb").read()).hexdigest())' "$1"; }

unpack() { # Python's, since unzip is often missing; it keeps no modes
  python3 -c 'import sys, zipfile; zipfile.ZipFile(sys.argv[1]).extract("terraform", sys.argv[2])' "$1" "$cache"
  chmod 755 "$cache/terraform"
}

none_to_be_had() {
  echo "terraform: none on PATH that is recent enough, and $1: install 1.11 or later from https://developer.hashicorp.com/terraform/install" >&2
  exit 17
}

main
