#!/bin/bash
# Makes the folder in which the runtime keeps a user's container jobs, where nobody else can put anything before.
set -euo pipefail

folder=${CONTAINERS_FOLDER:-/run/slurm-containers}
install -d -m 0755 "$folder"
install -d -m 0700 -o "$SLURM_JOB_UID" -g "${SLURM_JOB_GID:-$(id -g "$SLURM_JOB_USER")}" "$folder/$SLURM_JOB_USER"
