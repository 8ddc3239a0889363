#!/usr/bin/env bash
# Runs checkov on the Terraform modules, in a virtual environment of its own: its pins would hold ours back.
# Setting that up takes a minute, once.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

venv="$(scripts/locked_venv.sh checkov)"
"$venv/bin/checkov" --directory terraform --framework terraform --quiet --compact --skip-download --config-file .checkov.yaml
