#!/bin/bash
#SBATCH --job-name=nccl-multi-node
#SBATCH --nodes=2
#SBATCH --exclusive
#SBATCH --mem=0
#SBATCH --output=%x-%j.out
# NCCL's all-reduce over all GPUs of several nodes, a task for each, on the machines themselves: sbatch -N 4
# nccl-multi-node.sh [words for all_reduce_perf]. "NET/IB" in its output says that InfiniBand is used.
set -eo pipefail

. ./nccl-settings.sh
srun --mpi=pmix "${tasks[@]}" "$program" "${sizes[@]}" -f 2 -g 1 "$@"
