"""What the NFS server shares, and what its clients mount."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class NfsExport:
    """A folder of the server, and its clients with their options as in exports(5): `*(rw,sync)`."""

    path: str
    options: str


@dataclass(frozen=True)
class NfsMount:
    """A share, mounted on every client. `server` is one of the cluster's machines by its name, or an outside host."""

    mountpoint: str
    server: str
    path: str
    options: str
