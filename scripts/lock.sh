#!/usr/bin/env bash
# Locks the Python packages by hash: one file a purpose, one resolution for all, no registry's address in any of them.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

lock() {
  uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --upgrade pyproject.toml "$@"
}

lock --extra rehearsal --extra dev -o requirements/dev.txt
lock --extra rehearsal -c requirements/dev.txt -o requirements/rehearsal.txt
lock -c requirements/dev.txt -o requirements/run.txt
