"""Train a small model on this machine: a process for each GPU, or one on the CPUs where there is no GPU.

The processes train together, each on its share of the data (DistributedDataParallel). `train` is all that there is to
it; pytorch_all_nodes.py runs the same function on all nodes.
"""

from __future__ import annotations

import argparse
import os
import socket
import time

import torch
import torch.distributed as dist
from torch import nn
from torch.nn.parallel import DistributedDataParallel
from torch.utils.data import DataLoader, DistributedSampler, TensorDataset

SAMPLES = 20_000
BATCH = 256


def data() -> TensorDataset:
    """Points on a plane, and whether each lies within a circle: made up, the same in every process."""
    points = torch.rand(SAMPLES, 2, generator=torch.Generator().manual_seed(0)) * 2 - 1
    return TensorDataset(points, (points.square().sum(1) < 0.5).long())


def train(rank: int, world: int, local_rank: int, epochs: int) -> dict:
    """One process's part. `rank` counts all processes, `local_rank` those of this machine, which has as many GPUs.

    MASTER_ADDR and MASTER_PORT say where the processes meet. Returns the last epoch's loss and accuracy.
    """
    on_gpu = torch.cuda.is_available()
    if on_gpu:
        torch.cuda.set_device(local_rank)
    device = torch.device("cuda", local_rank) if on_gpu else torch.device("cpu")
    dist.init_process_group("nccl" if on_gpu else "gloo", rank=rank, world_size=world)
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(2, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 2)).to(device)
    parallel = DistributedDataParallel(model, device_ids=[local_rank] if on_gpu else None)
    optimizer = torch.optim.Adam(parallel.parameters(), lr=3e-3)
    dataset = data()
    sampler: DistributedSampler = DistributedSampler(dataset, world, rank, shuffle=True)
    loader = DataLoader(dataset, BATCH, sampler=sampler)
    began = time.monotonic()
    told = {}
    for epoch in range(epochs):
        sampler.set_epoch(epoch)
        sums = torch.zeros(3, dtype=torch.float64, device=device)  # loss, right answers, answers
        for batch in loader:
            points, labels = (part.to(device) for part in batch)
            optimizer.zero_grad()
            answers = parallel(points)
            loss = nn.functional.cross_entropy(answers, labels)
            loss.backward()
            optimizer.step()
            right = (answers.argmax(1) == labels).sum()
            sums += torch.stack([loss.detach().double() * len(labels), right.double(), right.new_tensor(len(labels))])
        dist.all_reduce(sums)
        loss_sum, right_sum, count = sums.tolist()
        told = {"epoch": epoch + 1, "loss": loss_sum / count, "accuracy": right_sum / count}
        if rank == 0:
            seconds = time.monotonic() - began
            print(f"epoch {epoch + 1}: loss {told['loss']:.4f}, accuracy {told['accuracy']:.3f}, {seconds:.1f} s")
    dist.destroy_process_group()
    return {**told, "rank": rank, "host": socket.gethostname(), "device": str(device)}


def process(rank: int, world: int, epochs: int) -> None:
    train(rank, world, rank, epochs)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--processes", type=int, default=max(torch.cuda.device_count(), 1), help="one a GPU by default")
    given = parser.parse_args()
    os.environ.setdefault("MASTER_ADDR", "127.0.0.1")
    os.environ.setdefault("MASTER_PORT", "29500")
    torch.multiprocessing.spawn(process, (given.processes, given.epochs), given.processes)


if __name__ == "__main__":
    main()
