"""NCCL's all-reduce over a fleet: running it, reading its output, judging it (docs/benchmark.md)."""
