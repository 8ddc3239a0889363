"""What Slurm needs in a container, given as a user would give it: by SLURM_CONF_EXTRA."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from cluster_provision.rehearsal.folder import writing_to

if TYPE_CHECKING:
    from collections.abc import MutableMapping

EXTRA = "SLURM_CONF_EXTRA"
# A container has no cgroup in which slurmd could make others, and the processors that its engine's machine happens to
# have (slurm.conf(5)).
NEEDED = {
    "ProctrackType": "proctrack/linuxproc",
    "TaskPlugin": "task/affinity",
    "JobAcctGatherType": "jobacct_gather/linux",
    "SlurmdParameters": "config_overrides",
}


def add_what_containers_need(environ: MutableMapping[str, str], folder: Path) -> None:
    """Add to the user's own keys, which win. Where those are in a file, `folder` gets another one."""
    given = environ.get(EXTRA, "").strip()
    file = Path(given) if given and "=" not in given and Path(given).is_file() else None
    text = file.read_text(encoding="utf-8", errors="replace") if file else given
    lines = [f"{key}={value}" for key, value in NEEDED.items() if not _has(text, key)]
    if file:
        with writing_to(folder):
            (folder / "slurm.conf").write_text("\n".join([text.rstrip("\n"), *lines, ""]), encoding="utf-8")
        environ[EXTRA] = str(folder / "slurm.conf")
    else:
        environ[EXTRA] = ";".join(filter(None, (given.rstrip("; "), *lines)))


def _has(text: str, key: str) -> bool:
    return bool(re.search(rf"(?:^|[;\s]){key}\s*=", text, re.IGNORECASE))
