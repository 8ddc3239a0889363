"""What machines have put into the state store of STARTUP_COMMAND's output and folder, and how they know what is asked.

The tool writes WISH_FILE before it makes machines; each machine reads it once its command has ended.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from cluster_provision.parallel import at_once
from cluster_provision.slurm.startup_command import ORDER_FILE, outcome_file, read_order, read_outcome

if TYPE_CHECKING:
    from cluster_provision.node import CommandResults, NodeRecord
    from cluster_provision.settings.common import CloudSettings
    from cluster_provision.state.base import StateStore

WISH_FILE = "files/results.json"
SCHEMA = 1
ENDED = ("ok", "failed")


@dataclass(frozen=True)
class MachineResults:
    """What one machine has left; `results` is None where the command ended there before anybody asked."""

    name: str
    failed: bool
    results: CommandResults | None

    @property
    def output_file(self) -> str:
        """Where its command's output is, below the deployment."""
        return f"nodes/output/{self.name}.log"

    @property
    def folder_file(self) -> str:
        """Where the archive of its RESULTS_DIR is, below the deployment."""
        return f"nodes/results/{self.name}.tar.gz"


def write_wish(store: StateStore, settings: CloudSettings) -> None:
    """Tell the machines what this run asks of their command; without a command, nobody reads it."""
    if settings.startup_command:
        asked = settings.ends_with_command
        wish = {"schema": SCHEMA, "asked": asked, "folder": settings.results_dir if asked else ""}
        store.write(WISH_FILE, json.dumps(wish, sort_keys=True) + "\n")


def results_there(store: StateStore, instances: dict[str, str]) -> list[MachineResults]:
    """What machines on which the command has ended have left, by name.

    `instances` are the machines' instances by name, as far as they are known: a record of another one is ignored.
    """
    order = read_order(store.read(ORDER_FILE))
    if order is not None:
        outcome = read_outcome(store.read(outcome_file(order.name)))
        if outcome is None or outcome.status == "running":
            return []
        return [MachineResults(outcome.machine, outcome.status == "failed", outcome.results)]
    names = sorted(summary.name for summary in store.node_summaries())
    records = at_once([partial(store.node_record, name) for name in names])
    found = [_of_record(name, record) for name, record in zip(names, records, strict=True) if _is_of(record, instances)]
    return [each for each in found if each is not None]


def _is_of(record: NodeRecord | None, instances: dict[str, str]) -> bool:
    return record is not None and (not instances or instances.get(record.node) == record.instance_id)


def _of_record(name: str, record: NodeRecord | None) -> MachineResults | None:
    step = record.command() if record else None
    return MachineResults(name, step.status == "failed", step.results) if step and step.status in ENDED else None
