"""Each machine's journal of what was there before, and the copies that the controller keeps: either gives back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from cluster_provision.errors import StateStoreError, one_of_all
from cluster_provision.fleet.programs import APPLY

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cluster_provision.state.existing.store import ControllerStore
    from cluster_provision.targets.existing.reach import Asked, Reach

FOLDER = "journals"


class Journals:
    """The journals of one cluster. They hold what files held before, so they are as secret as those files."""

    def __init__(self, reach: Reach, store: ControllerStore, cluster: str) -> None:
        self._reach = reach
        self._store = store
        self._cluster = cluster

    def copy(self, names: Sequence[str]) -> None:
        """Copy these machines' journals to the controller. Raises what keeps one from being read."""
        texts = {name: json.dumps(journal) for name, journal in self._of(names).items()}
        self._store.write_each({f"{FOLDER}/{name}.json": text for name, text in texts.items()})

    def read(self, names: Sequence[str]) -> dict[str, Any]:
        """The copies of these machines' journals, of those that there are. Raises StateStoreError for one that can't
        be understood."""
        texts = self._store.read_each([f"{FOLDER}/{name}.json" for name in names])
        found = {}
        for name, text in zip(names, texts, strict=True):
            if text is None:
                continue
            try:
                found[name] = json.loads(text)
            except ValueError as failure:
                raise StateStoreError(
                    f"the copy of {name}'s journal in {self._store.uri} can't be understood",
                    "The machine's own journal gives it back: delete the copy on the controller.",
                ) from failure
        return found

    def forget(self, names: Sequence[str]) -> None:
        """Delete the copies of these machines' journals: the machines are given back."""
        self._store.remove_each([f"{FOLDER}/{name}.json" for name in names])

    def of_those_that_lost_theirs(self, names: Sequence[str]) -> dict[str, Any]:
        """The copies for machines that are about to be given back, and have no journal of their own any more.

        The other machines' copies are deleted: where this run is cut off after a machine is given back, the next one
        mustn't take its journal for lost, and undo it again.
        """
        own = {each.machine for each in self._asked(names) if _journal(each).get("entries")}
        self.forget([name for name in names if name in own])
        return self.read([name for name in names if name not in own])

    def holders(self, names: Sequence[str]) -> tuple[str, ...]:
        """Which of these machines have a journal of the cluster with something in it."""
        return tuple(name for name, journal in self._of(names).items() if journal.get("entries"))

    def _of(self, names: Iterable[str]) -> dict[str, dict[str, Any]]:
        asked = self._asked(names)
        if failures := [each.error for each in asked if each.error is not None]:
            raise one_of_all(failures)
        return {each.machine: _journal(each) for each in asked}

    def _asked(self, names: Iterable[str]) -> list[Asked]:
        return self._reach.ask_each(APPLY, {key: {"do": "status", "cluster": self._cluster} for key in names})


def _journal(asked: Asked) -> dict[str, Any]:
    return next((line["journal"] for line in asked.answers if "journal" in line), {})
