#!/bin/bash
#SBATCH --job-name=nccl-container
#SBATCH --nodes=2
#SBATCH --exclusive
#SBATCH --mem=0
#SBATCH --output=%x-%j.out
# The same in containers, by Pyxis and Enroot: sbatch -N 4 nccl-container.sh <image> [words for all_reduce_perf]. The image
# has nccl-tests, as NVIDIA's of PyTorch do: nvcr.io#nvidia/pytorch:25.08-py3, or a file that `enroot import` has made.
set -eo pipefail

image=${1:?give an image that has nccl-tests}
shift
. ./nccl-settings.sh
# Enroot's hook puts the InfiniBand devices into the container for it.
export MELLANOX_VISIBLE_DEVICES=all
# shellcheck disable=SC2016 # the container's shell puts in its own values
find='for each in all_reduce_perf_mpi all_reduce_perf /opt/nccl-tests/build/all_reduce_perf; do
  if command -v "$each" >/dev/null; then exec "$each" "$@"; fi
done
echo "there is no all_reduce_perf in the image" >&2
exit 127'
srun --mpi=pmix "${tasks[@]}" --container-image="$image" \
  ${NCCL_TOPO_FILE:+"--container-mounts=$NCCL_TOPO_FILE:$NCCL_TOPO_FILE:ro"} \
  sh -c "$find" all_reduce_perf "${sizes[@]}" -f 2 -g 1 "$@"
