"""How long the power program waits before it acts: arguments of `slurm-nodes sync`, which drills shorten."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Intervals:
    """Seconds. A machine that nobody asked for is deleted after `orphan`, a node without one taken down after `ghost`;
    a machine that was asked for may lack in a listing for `shows`, and one that was ordered before Slurm was there has
    to join within `ahead`. A pool whose machines are refused is held off for `hold` at first, and for `longest_hold` at
    last."""

    orphan: float = field(default=90.0, metadata={"help": "a machine that no node wants is deleted after"})
    ghost: float = field(default=30.0, metadata={"help": "a node without a machine is taken down after"})
    shows: float = field(default=60.0, metadata={"help": "a machine that was asked for may lack in a listing for"})
    ahead: float = field(default=1200.0, metadata={"help": "a machine that was ordered ahead has to join within"})
    hold: float = field(default=300.0, metadata={"help": "a pool that the cloud refuses is left alone for"})
    longest_hold: float = field(default=1800.0, metadata={"help": "such times double up to"})


ORDINARY = Intervals()
