#!/bin/bash
# For nodes that a job has to itself: ends its containers, removes what they left, and takes the user out of docker's
# group.
set -euo pipefail

containers=$(docker ps --all --quiet)
if [[ -n $containers ]]; then
  xargs --no-run-if-empty docker rm --force >/dev/null <<<"$containers"
fi
docker system prune --force --volumes >/dev/null
gpasswd --delete "$SLURM_JOB_USER" docker >/dev/null || true
