#!/bin/bash
# Ends what a user leaves behind with the last job on this node: processes that left their jobs, and files in /tmp and
# /dev/shm. Asks this node's own slurmd alone, which jobs are here.
set -uo pipefail

uid=${SLURM_JOB_UID:-0}
# Users of the system's own are left alone, and so is whoever may log in without a job.
((uid >= ${LEAST_UID:-1000})) || exit 0
exceptions=${EXCEPTIONS_FILE:-/etc/security/cluster-provision-logins}
if [[ -e $exceptions ]] && grep -qxF -- "${SLURM_JOB_USER:-}" "$exceptions"; then
  exit 0
fi

# has_other_job: whether a process of another job belongs to the user. What can't be told counts as one.
has_other_job() {
  local listed pid job rest
  if ! listed=$(scontrol listpids '*' "${SLURMD_NODENAME:-$(hostname -s)}" 2>&1); then
    [[ $listed != *'No job steps exist'* ]] || return 1
    return 0
  fi
  while read -r pid job rest; do
    [[ $pid =~ ^[0-9]+$ && $job != "${SLURM_JOB_ID:-}" ]] || continue
    [[ $(stat -c %u "/proc/$pid" 2>/dev/null) != "$uid" ]] || return 0
  done <<<"$listed"
  return 1
}

has_other_job && exit 0
pkill -KILL -U "$uid"
read -ra folders <<<"${CLEANED_FOLDERS:-/tmp /dev/shm}"
find "${folders[@]}" -mindepth 1 -xdev -user "$uid" -delete 2>/dev/null
exit 0
