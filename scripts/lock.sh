#!/usr/bin/env bash
# Locks the Python packages by hash, one file a purpose, with no registry's address in any of them. The tool's own come
# from one resolution; what runs apart from it, the node image's notebook, checkov, what looks workflows over, the nodes' Ray, from one each.
# Needs uv.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

node=embedded_cloud/images/node

lock() {
  uv pip compile --quiet --python-version 3.11 --generate-hashes --no-header --no-annotate --upgrade "$@"
}

lock --universal pyproject.toml --extra rehearsal --extra dev -o requirements/dev.txt
lock --universal pyproject.toml --extra rehearsal -c requirements/dev.txt -o requirements/rehearsal.txt
lock --universal pyproject.toml -c requirements/dev.txt -o requirements/run.txt
for apart in checkov go workflows; do lock --universal "requirements/$apart.in" -o "requirements/$apart.txt"; done
lock --universal requirements/node.in -o requirements/node.txt
lock --python-platform linux $node/requirements.in -o $node/requirements.txt
ray="$(mktemp -d)"
trap 'rm -rf "$ray"' EXIT
uv pip compile --quiet --python-version 3.10 --universal --format pylock.toml --upgrade node/ray.in -o "$ray/pylock.ray.toml"
python3 scripts/ray_packages.py "$ray/pylock.ray.toml" >"$ray/packages.sh"
cat "$ray/packages.sh" >node/steps/ray_packages.sh
