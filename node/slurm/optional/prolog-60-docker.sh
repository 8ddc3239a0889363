#!/bin/bash
# Lets the user of a job call docker, as a member of its group. Whoever may do that is root on the node.
set -euo pipefail

usermod --append --groups docker "$SLURM_JOB_USER"
