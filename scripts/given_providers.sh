#!/usr/bin/env bash
# `given_providers.sh linux/<processor>` puts the providers of PROVIDER_MIRROR, a folder in the layout of Terraform's
# filesystem mirror, into an image that the Dockerfile takes them from, and prints its name. Only the versions that the
# modules' lock files name are taken: such a folder may hold many more.
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
# shellcheck source=docker_client.sh
source "$here/docker_client.sh"
image="cluster-provision/given-providers"

main() {
  local platform="${1/\//_}" provider version place places=()
  choose_docker || fail "no container engine: $(why_no_docker)"
  [[ -d "${PROVIDER_MIRROR:-}" ]] || fail "PROVIDER_MIRROR=${PROVIDER_MIRROR:-} is no folder"
  while read -r provider version; do
    # unpacked and packed: https://developer.hashicorp.com/terraform/cli/config/config-file#filesystem_mirror
    for place in "$provider/$version/$platform" "$provider/terraform-provider-${provider##*/}_${version}_$platform.zip"; do
      [[ ! -e "$PROVIDER_MIRROR/$place" ]] || { places+=("$place"); continue 2; }
    done
    fail "PROVIDER_MIRROR=$PROVIDER_MIRROR has no $provider $version for $platform"
  done < <(locked)
  tar -C "$PROVIDER_MIRROR" --dereference --transform 's,^,providers/,' -cf - "${places[@]}" | "$DOCKER" import - "$image" >/dev/null
  echo "$image"
}

locked() { # each provider of the lock files, with its version
  sed -nE 's/^provider "(.*)" \{/\1/p; s/^ +version += "(.*)"/\1/p' "$here"/../terraform/*/*/.terraform.lock.hcl | paste -d ' ' - - | sort -u
}

fail() {
  echo "given providers: $1" >&2
  exit 17
}

main "$@"
