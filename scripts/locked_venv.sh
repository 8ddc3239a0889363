#!/usr/bin/env bash
# `locked_venv.sh NAME` prints the folder of a virtual environment with what requirements/NAME.txt locks, made at need:
# for linters whose pins would hold ours back.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

venv=".cache/$1"
locked="requirements/$1.txt"

if ! cmp -s "$locked" "$venv/.installed"; then
  echo "$1: installing it into $venv" >&2
  .venv/bin/python -m venv --clear "$venv"
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r "$locked"
  cp "$locked" "$venv/.installed"
fi
echo "$venv"
