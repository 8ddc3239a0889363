#!/bin/bash
#SBATCH --job-name=multi-node
#SBATCH --nodes=2
#SBATCH --ntasks-per-node=1
#SBATCH --output=%x-%j.out
# One task on each of two nodes, which know each other by PMIx: sbatch multi-node.sh. For more nodes: sbatch -N 4 …
# A step gets those of the job's GPUs that it asks for.
set -euo pipefail

head=$(scontrol show hostnames "$SLURM_JOB_NODELIST" | head -n 1)
export MASTER_ADDR=$head MASTER_PORT=29500
# shellcheck disable=SC2016 # each task puts in its own values
srun --mpi=pmix ${SLURM_GPUS_ON_NODE:+"--gres=gpu:$SLURM_GPUS_ON_NODE"} bash -c \
  'echo "task $SLURM_PROCID of $SLURM_NTASKS on $(hostname) of $MASTER_ADDR, GPUs ${CUDA_VISIBLE_DEVICES:-none}"'
