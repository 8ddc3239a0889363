"""The nodes that a person names, as a list of Slurm's."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cluster_provision.settings.readers.slurm.hostlist import expand_hostlist, fold_hostlist
from cluster_provision.settings.reading import BadValue

if TYPE_CHECKING:
    from cluster_provision.slurm.cloud import CloudCluster

ALL = "*"
_NUMBERED = re.compile(r"(.*?)-?([0-9]+)")


@dataclass(frozen=True)
class Named:
    """Nodes that exist, each once, in the list's order; `problems` are about the others."""

    nodes: tuple[str, ...]
    problems: tuple[str, ...] = ()


def read_nodes_of(cluster: CloudCluster, text: str) -> Named:
    """Blanks separate like commas. Raises BadValue where the list itself can't be read, or is empty."""
    if text.strip() == ALL:
        return Named(cluster.nodes)
    names = tuple(dict.fromkeys(expand_hostlist(re.sub(r"\s+", ",", text.strip()))))
    if not names:
        raise BadValue("is empty: name nodes, such as " + fold_hostlist(cluster.nodes[:2]))
    known = set(cluster.nodes)
    strange = [name for name in names if name not in known]
    problems = [f"{name} is the controller, which stays on" for name in strange if name == cluster.controller]
    logins = [name for name in strange if name in cluster.logins]
    if logins:
        problems.append(f"{fold_hostlist(logins)}: a login node, which is not Slurm's to switch")
    rest = [name for name in strange if name != cluster.controller and name not in logins]
    if rest:
        offered = [found for name in rest if (found := _meant(cluster, name))]
        instead = f"; did you mean {fold_hostlist(offered)}?" if offered else f"; there are {_there(cluster)}"
        problems.append(f"there is no node {fold_hostlist(rest)}{instead}")
    return Named(tuple(name for name in names if name in known), tuple(problems))


def _meant(cluster: CloudCluster, name: str) -> str:
    """The node that differs in its prefix, or in zeros before its number; empty for none."""
    match = _NUMBERED.fullmatch(name)
    if not match:
        return ""
    wanted = f"{match[1].rpartition('-')[2]}-{int(match[2])}"
    return next((each for each in cluster.nodes if each == wanted or each.endswith(f"-{wanted}")), "")


def _there(cluster: CloudCluster) -> str:
    return ", ".join(fold_hostlist(pool.nodes) for pool in cluster.pools)
