#!/bin/bash
# Makes the folders in which Enroot keeps a user's containers, where nobody else can put anything before. Images are
# large: they don't lie in /run, which is memory.
set -euo pipefail

running=${ENROOT_RUNNING:-/run/enroot}
kept=${ENROOT_KEPT:-/var/lib/enroot}
group=${SLURM_JOB_GID:-$(id -g "$SLURM_JOB_USER")}
install -d -m 0755 "$running" "$kept"
uid=$SLURM_JOB_UID
for each in "$running/$uid" "$kept/$uid" "$kept/$uid/cache" "$kept/$uid/data"; do
  install -d -m 0700 -o "$uid" -g "$group" "$each"
done
