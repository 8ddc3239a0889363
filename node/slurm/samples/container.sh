#!/bin/bash
#SBATCH --job-name=container
#SBATCH --nodes=1
#SBATCH --output=%x-%j.out
# A job in another root file system, by Slurm's own --container: sbatch container.sh <folder of an OCI bundle>. A
# bundle is a folder with config.json and rootfs/; `umoci unpack --rootless --image <image> <folder>` makes one of an
# image.
set -euo pipefail

bundle=${1:?give the folder of an OCI bundle}
srun --container="$bundle" cat /etc/os-release
