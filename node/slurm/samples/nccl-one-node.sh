#!/bin/bash
#SBATCH --job-name=nccl-one-node
#SBATCH --nodes=1
#SBATCH --exclusive
#SBATCH --mem=0
#SBATCH --output=%x-%j.out
# NCCL's all-reduce over the GPUs of one node, by NVLink where it has that: sbatch nccl-one-node.sh [words for
# all_reduce_perf]. One process has them all, so that no MPI is needed.
set -eo pipefail

. ./nccl-settings.sh
srun --ntasks=1 ${SLURM_GPUS_ON_NODE:+"--gres=gpu:$gpus"} "$program" "${sizes[@]}" -f 2 -g "$gpus" "$@"
