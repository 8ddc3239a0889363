"""Looks up variables of an inventory's hosts, worked out, by each of the names that a variable has had."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cluster_provision.settings.inventory import NotWorkedOut, Vaulted, worked_out

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cluster_provision.settings.existing.guide.findings import Findings
    from cluster_provision.settings.inventory import Host, Inventory, Place


@dataclass(frozen=True)
class Value:
    """A value that could be worked out, under which name, and where it stands."""

    name: str
    place: Place
    value: Any = field(repr=False)

    @property
    def text(self) -> str:
        """The value as text."""
        return str(self.value)


@dataclass
class Values:
    """The variables of an inventory. `used` are those that had a meaning, so that the rest can be named."""

    inventory: Inventory
    findings: Findings
    used: set[str] = field(default_factory=set)

    def of(self, host: Host, *names: str, secret: str = "") -> Value | None:
        """Return the value that holds for a host, None where there is none.

        `names` are those of one variable, today's first. The most specific counts, and today's name where two stand
        at one place. What can't be worked out is a problem; with `secret`, the name of a setting that can be used
        instead, it is a note.
        """
        self.used.update(names)
        given = [host.variables[name] for name in names if name in host.variables]
        if not given:
            return None
        chosen = max(given, key=lambda each: each.rank)
        for other in given:
            if other is not chosen and other.value != chosen.value:
                text = f"{other.name} has no effect beside {chosen.name}, which says something else"
                self.findings.note(other.place, text, host.name)
        try:
            return Value(chosen.name, chosen.place, worked_out(chosen.value, host, self.inventory, self.used))
        except NotWorkedOut as failure:
            if secret:
                what = (
                    "is encrypted with ansible-vault and" if isinstance(chosen.value, Vaulted) else "isn't known, and"
                )
                text = f"{chosen.name} {what} can't be used: {secret} holds it, where one is needed"
                self.findings.note(chosen.place, text, host.name)
            else:
                self.findings.problem(chosen.place, f"{chosen.name} can't be worked out: {failure}", host.name)
            return None

    def is_true(self, host: Host, name: str, default: bool) -> bool:
        """Return a switch as Ansible's filter bool has it."""
        found = self.of(host, name)
        if found is None:
            return default
        return (
            found.value
            if isinstance(found.value, bool)
            else found.text.strip().lower() in ("yes", "true", "on", "1", "y")
        )

    def hosts(self, names: Sequence[str]) -> list[Host]:
        """Return the hosts of these names."""
        return [self.inventory.hosts[name] for name in names]
