#!/usr/bin/env bash
# Sets up .venv with what requirements/dev.txt locks, and sees to a Terraform. Done in a second when nothing changed.
set -euo pipefail

project="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
venv="$project/.venv"
locked="$project/requirements/dev.txt"
stamp="$venv/.installed"

main() {
  make_venv
  cmp -s "$locked" "$stamp" || install_packages
  "$project/scripts/terraform.sh" >/dev/null
}

make_venv() {
  [[ -x "$venv/bin/python" ]] && return
  python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null ||
    fail "Python 3.11 or later is needed: on Debian or Ubuntu, apt-get install python3"
  python3 -c 'import ensurepip, venv' 2>/dev/null || install_venv
  python3 -m venv "$venv"
}

install_venv() {
  if [[ "$(id -u)" != 0 ]] || ! command -v apt-get >/dev/null; then
    fail "Python's venv module is missing: on Debian or Ubuntu, apt-get install python3-venv"
  fi
  echo "setup: installing python3-venv" >&2
  { apt-get update && apt-get install -y --no-install-recommends python3-venv; } >/dev/null
}

install_packages() {
  echo "setup: installing Python packages into .venv" >&2
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r "$locked"
  cp "$locked" "$stamp"
}

fail() {
  echo "setup: $1" >&2
  exit 17
}

main
