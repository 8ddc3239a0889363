#!/usr/bin/env bash
# Sets up .venv with what requirements/dev.txt locks, and a Terraform in it. Done in a second when nothing changed.
set -euo pipefail

project="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
venv="$project/.venv"
locked="$project/requirements/dev.txt"
stamp="$venv/.installed"
log="$project/.cache/setup.log"
PATH="${PATH//"$venv/bin:"/}" # the Makefile puts it first; what it is made of is looked for elsewhere

main() {
  local chosen
  is_whole || make_venv
  cmp -s "$locked" "$stamp" || install_packages
  chosen="$("$project/scripts/terraform.sh")"
  ln -sfn "$chosen" "$venv/bin/terraform" # where the tool looks first
}

is_whole() { # and not what an interrupted run, or a Python that is gone since, has left
  "$venv/bin/python" -c 'import sys; sys.exit(sys.prefix == sys.base_prefix)' 2>/dev/null || return 1
  [[ -e "$stamp" ]] || "$venv/bin/python" -m pip --version >/dev/null 2>&1
}

make_venv() {
  local python
  python="$(recent_python)" || fail "Python 3.11 or later is needed: on Debian 12 and Ubuntu 24.04, apt-get install python3 python3-venv; on Ubuntu 22.04, apt-get install python3.11 python3.11-venv"
  "$python" -c 'import ensurepip, venv' 2>/dev/null || install_venv "$python-venv"
  "$python" -m venv --clear "$venv"
}

recent_python() {
  local candidate
  for candidate in python3 python3.13 python3.12 python3.11; do
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      echo "$candidate"
      return
    fi
  done
  return 1
}

install_venv() { # the package's name
  if [[ "$(id -u)" != 0 ]] || ! command -v apt-get >/dev/null; then
    fail "Python's venv module is missing: on Debian or Ubuntu, apt-get install $1"
  fi
  echo "setup: installing $1" >&2
  mkdir -p "$(dirname "$log")"
  export DEBIAN_FRONTEND=noninteractive
  { apt-get update && apt-get install -y --no-install-recommends "$1"; } >"$log" 2>&1 ||
    fail "'apt-get install $1' failed, see $log"
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
