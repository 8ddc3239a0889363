"""Puts hosts, groups and variables together in Ansible's order.

From the weakest on (VARIABLE_PRECEDENCE of ansible-core 2.19): variables of the group all in the inventory's file, of
other groups there, group_vars/all, group_vars of other groups, a host's own in the file, host_vars. Among groups the
deeper one wins, then the one with the higher ansible_group_priority, then the one whose name comes later.
"""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

from cluster_provision.settings.inventory.model import Host, Inventory, Remark

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from cluster_provision.settings.inventory.model import Source, Variable
    from cluster_provision.settings.inventory.vars_files import VarsFiles


def put_together(source: Source, group_vars: VarsFiles, host_vars: VarsFiles) -> Inventory:
    """Return the inventory, with every problem and note that was found on the way."""
    tree = _Tree(source)
    problems = [*source.problems, *tree.circles, *group_vars.problems, *host_vars.problems]
    members = {name: tree.hosts_of(name) for name in ("all", *tree.names)}
    groups_of: dict[str, set[str]] = {host: {"all"} for host in source.hosts}
    for group in tree.names:
        for host in members[group]:
            groups_of[host].add(group)
    members["ungrouped"] = tuple(host for host in source.hosts if groups_of[host] <= {"all", "ungrouped"})
    ordered = tree.ordered()
    hosts = {}
    for name, own in source.hosts.items():
        mine = [group for group in ordered if group in groups_of[name]]
        layers = [
            *(source.groups[group].variables if group in source.groups else {} for group in mine),
            *(group_vars.variables.get(group, {}) for group in mine),
            own,
            host_vars.variables.get(name, {}),
        ]
        hosts[name] = Host(name, source.places[name], tuple(mine), _merged(layers))
    places = {name: group.place for name, group in source.groups.items()}
    notes = (*source.notes, *group_vars.notes, *host_vars.notes)
    return Inventory(hosts, members, tree.children, places, tuple(problems), notes)


class _Tree:
    """The groups below all, with circles cut."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self.names = [name for name in source.groups if name != "all"]
        self.circles: list[Remark] = []
        self._children = {name: list(source.groups[name].children) for name in self.names}
        self._depths = self._longest_ways()

    def hosts_of(self, group: str) -> tuple[str, ...]:
        """A group's hosts and those of its children, level by level; all has every host."""
        found: dict[str, None] = {}
        level, seen = [group], {group}
        while level:
            found |= dict.fromkeys(host for name in level for host in self._own_hosts(name))
            below = dict.fromkeys(child for name in level for child in self._children.get(name, ()))
            level = [child for child in below if child not in seen]
            seen.update(level)
        return tuple(found) if group != "all" else tuple(dict.fromkeys((*found, *self._source.hosts)))

    @property
    def children(self) -> dict[str, tuple[str, ...]]:
        """Each group's own children."""
        return {name: tuple(children) for name, children in self._children.items()}

    def ordered(self) -> list[str]:
        """All groups, those that win last; all is the first."""
        return ["all", *sorted(self.names, key=lambda name: (self._depths[name], self._priority(name), name))]

    def _own_hosts(self, group: str) -> Iterable[str]:
        return self._source.groups[group].hosts if group in self._source.groups else ()

    def _priority(self, name: str) -> int:
        variable = self._source.groups[name].variables.get("ansible_group_priority")
        try:
            return int(variable.value) if variable is not None else 1
        except (TypeError, ValueError):
            return 1

    def _longest_ways(self) -> dict[str, int]:
        """Return each group's depth below all: 1 for one that is in no other."""
        depths = dict.fromkeys(self.names, 1)
        for name in reversed(self._children_first()):
            for child in self._children[name]:
                depths[child] = max(depths[child], depths[name] + 1)
        return depths

    def _children_first(self) -> list[str]:
        """Return the groups, each after its children. A child by which a group would be within itself is taken out."""
        for name in self.names:
            self._children[name] = [
                child for child in self._children[name] if child in self._children or self._cut(name, child)
            ]
        while True:
            try:
                return list(TopologicalSorter(self._children).static_order())
            except CycleError as failure:
                child, parent = failure.args[1][:2]
                self._children[parent].remove(child)
                self._cut(parent, child)

    def _cut(self, parent: str, child: str) -> bool:
        """Report a child that can't be one; one that isn't declared is reported before."""
        if child == "all" or child in self._children:
            place = self._source.groups[parent].children[child]
            self.circles.append(Remark(place, f"the group {child} would be within itself, by way of {parent}"))
        return False


def _merged(layers: Sequence[Mapping[str, Variable]]) -> dict[str, Variable]:
    """Return the variables of all layers; of one name the last counts."""
    found: dict[str, Variable] = {}
    for rank, layer in enumerate(layers):
        found |= {name: variable.ranked(rank) for name, variable in layer.items()}
    return found
