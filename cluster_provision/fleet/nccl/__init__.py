"""NCCL's all-reduce over a fleet: how it is run, what it printed, what to make of it (docs/benchmark.md)."""
