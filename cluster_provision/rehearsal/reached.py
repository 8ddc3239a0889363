"""What of a rehearsed cluster can be reached from this machine, for the last lines of Create."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cluster_provision.rehearsal.existing_resources import is_azure, is_existing
from cluster_provision.result import Connection
from embedded_cloud.engine.names import node_container

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cluster_provision.result import Result

BY_THE_TOOL = ("slurm", "monitoring")
"""Parts whose commands are the tool's own, or are typed on a machine."""

SHELL = "A shell on a node of the rehearsal, on the engine's machine"


@dataclass(frozen=True)
class RehearsedReach:
    """It fulfils `run.Reach`. `lasts`: the cloud outlives this run, so that further actions find the cluster."""

    environ: Mapping[str, str]
    played: bool
    lasts: bool

    def result(self, result: Result) -> Result:
        """The result with the ways that lead somewhere."""
        return reached_result(result, self.environ, played=self.played)

    def actions(self) -> tuple[str, ...]:
        """Connect would name a way that is the real cloud's."""
        there = not self.played and is_existing(self.environ)
        return (*(("Connect",) if there else ()), "Status", "Destroy") if self.lasts else ()


def reached_result(result: Result, environ: Mapping[str, str], *, played: bool) -> Result:
    """The result with the ways that lead somewhere.

    No gcloud and no browser finds what Google's addresses name here; by SSH the booted machines of Azure's stand-in,
    and those that exist, are reached as in life. Nobody answers on machines that are `played`.
    """
    if not played and (is_azure(environ) or is_existing(environ)):
        return result
    nodes = [replace(node, jupyter="") for node in result.nodes]  # the rehearsal's own last lines name them
    kept = Connection(key_file=result.connection.key_file, private_key=result.connection.private_key)
    if not played:
        shells = {node.name: f"docker exec -it {node_container(node.name)} bash" for node in result.nodes}
        parts = tuple(each for each in result.connection.parts if each.key in BY_THE_TOOL)
        kept = replace(kept, ssh=shells, ssh_title=SHELL, parts=parts)
    return replace(result, nodes=nodes, connection=kept)
