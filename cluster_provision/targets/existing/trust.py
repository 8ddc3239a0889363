"""Sees to it that every machine is the one that is known, before anything is said to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cluster_provision.errors import one_of_all
from cluster_provision.targets.existing import host_keys

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cluster_provision.fleet.host_keys import Shown
    from cluster_provision.targets.existing.reach import Reach


def know_machines(reach: Reach, *, accept: bool) -> Sequence[Shown]:
    """Have strangers show their keys, and trust them where new ones are accepted; returns what was shown.

    Raises HostKeyMismatch with the fingerprints where they aren't.
    """
    _trust(reach, reach.show_jump_key(), accept=accept)
    strangers = [name for name in reach.names if not reach.knows(name)]
    shown = reach.show_keys(strangers) if strangers else []
    _trust(reach, shown, accept=accept)
    return shown


def know_from_before(reach: Reach, shown: Sequence[Shown], members: Mapping[str, Any]) -> None:
    """Compare what was shown with what the state has kept. Raises HostKeyMismatch where a machine shows another key."""
    kept = {name: tuple(each.get("host_keys", ())) for name, each in members.items()}
    if changed := host_keys.changed(shown, kept):
        raise one_of_all(changed)
    reach.trust({name: keys for name, keys in kept.items() if name in reach.names and not reach.knows(name)})


def _trust(reach: Reach, shown: Sequence[Shown], *, accept: bool) -> None:
    if shown and not accept:
        silent = [each.error for each in shown if each.error is not None]
        told = [each for each in shown if each.line]
        raise one_of_all([*([host_keys.unknown(told)] if told else []), *silent])
    reach.trust({each.host.name: [each.line] for each in shown if each.line})
