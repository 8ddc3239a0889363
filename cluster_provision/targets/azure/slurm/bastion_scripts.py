"""The scripts that lead through Azure Bastion, by the names, arguments and messages that the CycleCloud cluster's users
know: github.com/vanzod/ccslurm4ai, templates/bastion_{ssh,tunnel}.template (read 2026-12-01)."""

from __future__ import annotations

import os
import shlex
from typing import TYPE_CHECKING

from cluster_provision.errors import MachineError
from cluster_provision.templates import rendered

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from cluster_provision.targets.azure.slurm.bastion_routes import BastionRoutes


def bastion_scripts(routes: BastionRoutes, cluster: str, controller: str, logins: Sequence[str]) -> dict[str, str]:
    """The scripts' texts by the names of their files: to the scheduler, and to the login nodes where there are some."""
    parts = {"scheduler": ("the scheduler", "", [controller])}
    if logins:
        parts["login"] = ("a login node", " [index]", [*logins])
    return {
        f"bastion_{way}_{part}.sh": rendered(
            f"bastion_{way}.sh.j2",
            {"sh": shlex.quote},
            file=f"bastion_{way}_{part}.sh",
            what=what,
            use=use,
            cluster=cluster,
            place=routes,
            target=rendered(
                "bastion_target.sh.j2", {"sh": shlex.quote}, place=routes, ids=[routes.vm_id(each) for each in names]
            ),
        )
        for part, (what, use, names) in parts.items()
        for way in ("ssh", "tunnel")
    }


def write_scripts(folder: Path, scripts: Mapping[str, str]) -> None:
    """Write them so that they can be run. Raises MachineError where the folder takes no files.

    In a container this is root, and the mounted folder somebody's, who should have them too.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        owner = folder.stat()
        for name, text in scripts.items():
            file = folder / name
            file.write_text(text, encoding="utf-8")
            file.chmod(0o755)
            if os.geteuid() == 0:
                os.chown(file, owner.st_uid, owner.st_gid)
    except OSError as failure:
        raise MachineError(
            f"the Bastion scripts can't be written: {failure.strerror}: {failure.filename or folder}",
            "Give OUTPUT_DIR room, or another place, and run Create again; the cluster is there.",
        ) from failure
