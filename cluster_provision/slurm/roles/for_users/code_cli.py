"""Visual Studio Code's command line, `code`, where users log in: `code tunnel` leads there without a port of ours.

Its archive holds the one program: https://code.visualstudio.com/docs/remote/tunnels (read 2026-12-01).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.slurm.plan import Command, Folder, Resource

if TYPE_CHECKING:
    from cluster_provision.slurm.cluster import SlurmCluster

PROGRAM = "/usr/local/bin/code"
FOLDER = "/usr/local/lib/cluster-provision"
DIGEST = f"{FOLDER}/code.sha256"
# apt's own program fetches a file and compares its digest (apt-helper download-file).
INSTALL = """set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
chmod 755 "$folder"
/usr/lib/apt/apt-helper -q download-file "$1" "$folder/archive" "SHA256:$2"
tar --extract --gzip --file "$folder/archive" --directory "$folder" --no-same-owner code
install -m 755 "$folder/code" "$3"
printf '%s\\n' "$2" >"$4"
"""
IS_THERE = """test -x "$2" && test "$(cat "$3" 2>/dev/null)" = "$1" """


def resources(cluster: SlurmCluster, machine: str) -> list[Resource]:
    """For the machines that users log in to; nothing where no archive is named."""
    given = cluster.code_cli
    if given is None or machine not in (cluster.logins or (cluster.controller,)):
        return []
    return [
        Folder(FOLDER),
        Command(
            "program code",
            ("sh", "-c", INSTALL, "sh", given.url, given.sha256, PROGRAM, DIGEST),
            unless=("sh", "-c", IS_THERE, "sh", given.sha256, PROGRAM, DIGEST),
            undo=("rm", "-f", PROGRAM, DIGEST),
        ),
    ]
