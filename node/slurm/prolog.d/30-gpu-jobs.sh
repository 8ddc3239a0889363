#!/usr/bin/env bash
# Notes which job has which GPU, a file a GPU, for dcgm-exporter's label hpc_job. SLURM_JOB_GPUS has the GPUs' numbers
# (slurm.schedmd.com/prolog_epilog.html); CUDA_VISIBLE_DEVICES may have other names for them. Whatever fails here is no
# reason to drain a node.
set -uo pipefail

folder=${GPU_JOBS_FOLDER:-/run/slurm/gpu-jobs}
[[ -n ${SLURM_JOB_GPUS:-} && ${SLURM_JOB_ID:-} =~ ^[0-9]+$ ]] || exit 0
install -d -m 0755 "$folder" || exit 0
IFS=, read -ra gpus <<<"$SLURM_JOB_GPUS"
for gpu in "${gpus[@]}"; do
  [[ $gpu =~ ^[0-9]+$ ]] || continue
  grep -qxs "$SLURM_JOB_ID" "$folder/$gpu" || echo "$SLURM_JOB_ID" >>"$folder/$gpu"
done
exit 0
