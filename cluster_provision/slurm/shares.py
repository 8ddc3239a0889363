"""What all machines of a cloud's cluster mount of a file server outside of it: /shared, and in it the homes."""

from __future__ import annotations

from cluster_provision.settings.readers.linux import HOMES, SHARED
from cluster_provision.slurm.cluster import Share

# nfs(5): whoever works in a home waits for a server that is away, and the machine's start doesn't.
SHARE_OPTIONS = "hard,_netdev,nofail"


def shares_on(server: str, path: str, options: str = SHARE_OPTIONS) -> tuple[Share, ...]:
    """The export at its place, and its folder `home` as homes."""
    inside = f"{path.rstrip('/')}/home"
    return (
        Share(server, path, SHARED, options, own=True),
        Share(server, inside, HOMES, options, own=True, within=f"{SHARED}/home"),
    )
