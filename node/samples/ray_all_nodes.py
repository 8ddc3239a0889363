"""All nodes of a Ray cluster add their arrays up around a ring, as GPUs do with gradients, and check the sum.

Each node gets one actor. In each step of two rounds an actor passes a piece of its array to the next node: after the
first round everyone has the whole sum of one piece, after the second everyone has all of it. Needs no GPU.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import time

import numpy as np
import ray
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy


@ray.remote(num_cpus=1)
class Member:
    """One node's part of the ring; `rank` counts from 0."""

    def __init__(self, rank: int, count: int, length: int) -> None:
        self.rank, self.count = rank, count
        self.pieces = np.array_split(np.arange(length, dtype=np.float64) * (rank + 1), count)

    def where(self) -> str:
        """The machine that this actor really runs on."""
        return socket.gethostname()

    def piece(self, index: int) -> np.ndarray:
        return self.pieces[index % self.count]

    def add(self, index: int, piece: np.ndarray) -> None:
        self.pieces[index % self.count] = self.pieces[index % self.count] + piece

    def take(self, index: int, piece: np.ndarray) -> None:
        self.pieces[index % self.count] = piece

    def whole(self) -> np.ndarray:
        return np.concatenate(self.pieces)


def all_reduce(members: list) -> None:
    """Give every member the sum of all members' arrays; each step moves one piece over each link of the ring."""
    count = len(members)
    for operation, offset in (("add", 0), ("take", 1)):
        for step in range(count - 1):
            pieces = [m.piece.remote(rank - step + offset) for rank, m in enumerate(members)]
            ray.wait(pieces, num_returns=count)  # all as they were before this step
            moves = [
                getattr(members[(rank + 1) % count], operation).remote(rank - step + offset, piece)
                for rank, piece in enumerate(pieces)
            ]
            ray.get(moves)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--length", type=int, default=1_000_000, help="numbers in each node's array")
    length = parser.parse_args().length

    ray.init(log_to_driver=False)
    nodes = [n for n in ray.nodes() if n["Alive"]]
    pins = [NodeAffinitySchedulingStrategy(n["NodeID"], soft=False) for n in nodes]
    members = [
        Member.options(scheduling_strategy=pin).remote(rank, len(nodes), length) for rank, pin in enumerate(pins)
    ]
    hosts = ray.get([m.where.remote() for m in members])

    began = time.monotonic()
    all_reduce(members)
    seconds = time.monotonic() - began

    expected = np.arange(length, dtype=np.float64) * sum(range(1, len(nodes) + 1))
    right = [bool(np.array_equal(array, expected)) for array in ray.get([m.whole.remote() for m in members])]
    told = {"driver": socket.gethostname(), "user": os.getuid(), "nodes": dict(zip(hosts, right, strict=True))}
    print(json.dumps({**told, "numbers": length, "seconds": round(seconds, 3), "ok": all(right)}))
    if not all(right):
        raise SystemExit("the sum is wrong on some nodes")


if __name__ == "__main__":
    main()
