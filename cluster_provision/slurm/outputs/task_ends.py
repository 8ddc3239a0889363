"""How the tasks of a job step ended, as srun says it on standard error.

    srun: error: vega-hpc-2: task 11: Exited with exit code 3
    srun: error: vega-hpc-[1-2]: tasks 0-7,9: Killed
    srun: error: Node failure on vega-hpc-2

Forms: SchedMD/slurm, src/srun/launch.c, _task_finish (until 23.02 in launch_slurm.c), and _node_fail_handler of
src/api/step_launch.c; read 2026-11-30. With
--kill-on-bad-exit srun kills all other tasks once one has failed, which then end by SIGKILL or SIGTERM;
SIGINT is srun's own that was stopped.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cluster_provision.settings.readers.slurm.hostlist import expand_hostlist
from cluster_provision.settings.reading import BadValue

if TYPE_CHECKING:
    from collections.abc import Iterable

_END = re.compile(r"\bsrun: error: (\S+): tasks? ([0-9][0-9,-]*): (.+?)\s*$")
_NODE = re.compile(r"\bsrun: error: Node failure on (\S+)\s*$")
_FOLLOWS = re.compile(r"(Killed|Terminated|Interrupt)\b")


@dataclass(frozen=True)
class TaskEnd:
    """Tasks that didn't end well. `hosts` and `tasks` as Slurm lists them; `how` in srun's words.

    `tasks` is empty where the whole node failed.
    """

    hosts: str
    tasks: str
    how: str

    @property
    def nodes(self) -> tuple[str, ...]:
        """The nodes on which they ran; none where the list can't be read."""
        try:
            return expand_hostlist(self.hosts)
        except BadValue:
            return ()

    def text(self) -> str:
        """One line for people."""
        if not self.tasks:
            return f"{self.how} on {self.hosts}"
        word = "task" if self.tasks.isdigit() else "tasks"
        return f"{word} {self.tasks} on {self.hosts}: {self.how[:1].lower()}{self.how[1:]}"


def first_to_fail(lines: Iterable[str]) -> TaskEnd | None:
    """The tasks that failed first; those that srun may have killed for it are named only where no other is."""
    ends: list[TaskEnd] = []
    for line in lines:
        if failed := _NODE.search(line):
            ends.append(TaskEnd(failed[1], "", "node failure"))
        elif ended := _END.search(line):
            ends.append(TaskEnd(ended[1], ended[2], ended[3]))
    own = (end for end in ends if not _FOLLOWS.match(end.how))
    return next(own, ends[0] if ends else None)
