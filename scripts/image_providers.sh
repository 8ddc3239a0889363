#!/usr/bin/env bash
# `image_providers.sh no|yes|own MODULES GIVEN OUT` puts Terraform's providers into an image; the Dockerfile runs it.
#
# OUT gets terraform/providers, a filesystem mirror of those in GIVEN, or of the registry's where GIVEN holds none. With
# `yes` they have to be what the modules' lock files list. With `own` GIVEN's are taken as they are, and the lock files
# that the image's runs go by then, which list these alone, are written below OUT/cluster-provision/terraform.
# Each module is set up with them as a run does, without the registry: an image whose runs could not isn't built.
set -euo pipefail

main() {
  local kind="$1" modules="$2" given="$3" out="$4" locked module
  mkdir -p "$out/terraform"
  case "$kind" in
    no) return ;;
    yes | own) ;;
    *) fail "WITH_PROVIDERS is '$kind': no, yes or own" ;;
  esac
  mirror="$out/terraform/providers"
  mkdir "$mirror"
  if [[ -d "$given/registry.terraform.io" ]]; then
    cp -R "$given/registry.terraform.io" "$mirror"
  elif [[ "$kind" == own ]]; then
    fail "no providers of your own are given: PROVIDER_MIRROR names their folder"
  else
    for locked in "$modules"/*/*/.terraform.lock.hcl; do fetch "${locked%/*}"; done
  fi
  only_from_mirror
  for locked in "$modules"/*/*/.terraform.lock.hcl; do
    module="${locked%/*}"
    if [[ "$kind" == own ]]; then
      rm "$locked"
      set_up "$module" || fail "Terraform can't be set up with them for $module: $(tail -n 20 "$log")"
      install -D -m 644 "$locked" "$out/cluster-provision/terraform${module#"$modules"}/.terraform.lock.hcl"
    else
      set_up "$module" -lockfile=readonly || fail "these are not the providers that $locked lists: $(tail -n 20 "$log")
Give the registry's own builds, or choose PROVIDERS=own: the image's runs then take these builds and no others."
    fi
    rm -rf "$module/.terraform"
  done
}

fetch() { # the providers of a module from the registry
  { terraform -chdir="$1" get && terraform -chdir="$1" providers mirror "$mirror"; } >"$log" 2>&1 ||
    fail "Terraform's registry gives no providers: $(tail -n 20 "$log")"
}

only_from_mirror() {
  export TF_CLI_CONFIG_FILE="$work/terraform.rc" CHECKPOINT_DISABLE=1
  printf 'provider_installation {\n  filesystem_mirror {\n    path = "%s"\n  }\n}\n' "$mirror" >"$TF_CLI_CONFIG_FILE"
}

set_up() { # a module; more options
  terraform -chdir="$1" init -backend=false -input=false -no-color "${@:2}" >"$log" 2>&1
}

fail() {
  echo "image providers: $1" >&2
  exit 1
}

work="$(mktemp -d)"
log="$work/log"
trap 'rm -rf "$work"' EXIT
main "$@"
