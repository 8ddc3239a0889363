#!/bin/bash
#SBATCH --job-name=single-node
#SBATCH --nodes=1
#SBATCH --output=%x-%j.out
# One node, with all of its GPUs where it has some: sbatch single-node.sh
set -euo pipefail

echo "job $SLURM_JOB_ID on $(hostname): $SLURM_CPUS_ON_NODE processors, GPUs ${CUDA_VISIBLE_DEVICES:-none}"
if command -v nvidia-smi >/dev/null; then
  timeout 60 nvidia-smi -L
fi
