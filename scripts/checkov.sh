#!/usr/bin/env bash
# Runs checkov on the Terraform modules, in a virtual environment of its own: its pins would hold ours back.
# Setting that up takes a minute, once.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

venv=.cache/checkov
locked=requirements/checkov.txt

if ! cmp -s "$locked" "$venv/.installed"; then
  echo "checkov: installing it into $venv" >&2
  .venv/bin/python -m venv --clear "$venv"
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r "$locked"
  cp "$locked" "$venv/.installed"
fi
"$venv/bin/checkov" --directory terraform --framework terraform --quiet --compact --skip-download --config-file .checkov.yaml
