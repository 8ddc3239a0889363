"""How the tool is called: the text of --help, and the action that a wrong word may be meant for."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

PROGRAM = "cluster-provision"

HELP = """One env file in, a proven GPU cluster out, and gone again without a trace.

\b
ACTION (or the variable ACTION) is one of:
  Create       make the cluster, wait until it really works, print how to connect
  Destroy      remove everything, and prove it
  Plan         list what Create would change, and what it would cost
  Validate     check everything that can be checked without changing anything
  Status       say how the cluster is now: machines, set-up, notebooks, problems
  List         name the clusters in this state bucket or account, with age and price
  Health       say what the machines' own checks found; `Health again` runs them now,
               `Health ecc` asks for errors of GPUs' memory
  Connect      show the ssh command for a node, or open it on a terminal
  Run          run a command on every node
  Gather       print a file of every node
  UpdateHosts  bring hostfiles and keys on the nodes up to date
  Benchmark    measure what NCCL gets out of the GPUs together
  Unlock       clear the state's lock where the run that holds it is dead
  Drain        give nodes of a Slurm cluster no new jobs
  Undrain      put drained nodes of a Slurm cluster back
  Resume       make nodes of a Slurm cluster on a cloud, by their names
  Suspend      remove them again, once their jobs have ended
  Report       show what Azure would be told of a faulty node; YES=yes sends it
  Tunnel       lead a port here to a port of a node
  Debug        prepare everything, then stay for a look around

\b
And without any settings:
  Init         print an env file to start from: Init gcp slurm >env.list
  Docs         show a page of the documents: Docs troubleshooting

Run takes a command as its ARGUMENTS, in one word or as ssh takes it; Gather takes
a file's path on the nodes, Connect a node's name, by default the first one's,
Tunnel a node, its port and a port here, Report a node and a category, and Drain,
Undrain, Resume and Suspend nodes as Slurm lists them; `Suspend --force` ends the
jobs on them;
`Unlock --force` clears the lock whether its holder lives or not.
All settings come from the environment; docs/parameters.md describes each.
Exit codes: docs/exit-codes.md.
"""

OTHER_WORDS = {
    "apply": "Create",
    "deploy": "Create",
    "launch": "Create",
    "start": "Create",
    "up": "Create",
    "delete": "Destroy",
    "down": "Destroy",
    "remove": "Destroy",
    "terminate": "Destroy",
    "check": "Validate",
    "diff": "Plan",
    "preview": "Plan",
    "describe": "Status",
    "show": "Status",
    "exec": "Run",
    "login": "Connect",
    "ssh": "Connect",
    "help": "--help",
    "version": "--version",
}
"""What users of other tools call our actions."""


def meant(word: str, actions: Iterable[str]) -> str:
    """The action that is nearest to a wrong word; empty where none is near."""
    folded = word.strip().casefold()
    names = {each.casefold(): each for each in actions}
    near = difflib.get_close_matches(folded, names, n=1)
    return OTHER_WORDS.get(folded) or (names[near[0]] if near else "")
