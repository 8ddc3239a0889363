#!/usr/bin/env bash
# Takes a job that has ended off the files that say which job has which GPU (see the prolog of this name).
set -uo pipefail

folder=${GPU_JOBS_FOLDER:-/run/slurm/gpu-jobs}
[[ ${SLURM_JOB_ID:-} =~ ^[0-9]+$ ]] || exit 0
for file in "$folder"/*; do
  [[ -f $file ]] || continue
  sed -i "/^$SLURM_JOB_ID\$/d" "$file"
  [[ -s $file ]] || rm -f "$file"
done
exit 0
