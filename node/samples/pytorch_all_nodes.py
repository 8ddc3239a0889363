"""Train the model of pytorch_one_node.py on every GPU of a Ray cluster, or on every node's CPUs where there are none.

Ray places one actor for each GPU, node by node; the actors then meet as PyTorch's processes do anywhere.
"""

from __future__ import annotations

import argparse
import os
import socket
from contextlib import closing
from pathlib import Path

import ray
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

HERE = str(Path(__file__).resolve().parent)


@ray.remote
class Trainer:
    """One process of the training; Ray shows it the one GPU that it gave it."""

    def meeting_point(self) -> tuple[str, int]:
        """This node's address and a port that is free on it."""
        with closing(socket.socket()) as server:
            server.bind(("", 0))
            return ray.util.get_node_ip_address(), server.getsockname()[1]

    def train(self, rank: int, world: int, meeting_point: tuple[str, int], epochs: int) -> dict:
        from pytorch_one_node import train

        os.environ["MASTER_ADDR"], os.environ["MASTER_PORT"] = meeting_point[0], str(meeting_point[1])
        return train(rank, world, 0, epochs)


def places() -> tuple[list[str], int]:
    """The node of each process, by Ray's ID, and how many GPUs a process gets: 1, or 0 where no node has any."""
    nodes = sorted((n for n in ray.nodes() if n["Alive"]), key=lambda n: n["NodeName"])
    gpus = [n["NodeID"] for n in nodes for _ in range(int(n["Resources"].get("GPU", 0)))]
    return (gpus, 1) if gpus else ([n["NodeID"] for n in nodes], 0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=5)
    epochs = parser.parse_args().epochs

    # Every process finds the other file of this folder, which is on all nodes.
    ray.init(runtime_env={"env_vars": {"PYTHONPATH": HERE}})
    nodes, gpus = places()
    trainers = [
        Trainer.options(
            num_cpus=1, num_gpus=gpus, scheduling_strategy=NodeAffinitySchedulingStrategy(node, soft=False)
        ).remote()
        for node in nodes
    ]
    meeting_point = ray.get(trainers[0].meeting_point.remote())
    runs = [t.train.remote(rank, len(trainers), meeting_point, epochs) for rank, t in enumerate(trainers)]
    for told in ray.get(runs):
        print(f"rank {told['rank']} on {told['host']} ({told['device']}): accuracy {told['accuracy']:.3f}")


if __name__ == "__main__":
    main()
