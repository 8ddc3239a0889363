#!/usr/bin/env bash
# Runs checkov on the Terraform modules, in a virtual environment of its own: its pins would hold ours back.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

venv=.cache/checkov
version=3.3.30

if [[ ! -x "$venv/bin/checkov" ]]; then
  python3 -m venv "$venv"
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check "checkov==$version"
fi
"$venv/bin/checkov" --directory terraform --framework terraform --quiet --compact --skip-download --config-file .checkov.yaml
