#!/usr/bin/env bash
# What slurmd runs before a job (as prolog) and after it (as epilog): every script of the folder beside Slurm's
# configuration, in the order of their names. One that fails drains this node, with its last line as the reason, and so
# does not run the job; the others run all the same. slurmd gives nearly no environment (slurm.conf(5), Prolog).
set -uo pipefail

PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export PATH
when=$(basename "$0")
folder=${CLUSTER_PROVISION_ROOT:-}/etc/slurm/$when.d
log=${CLUSTER_PROVISION_ROOT:-}/var/log/slurm/$when.log

main() {
  local script output status failed=""
  for script in "$folder"/*; do
    [[ -f $script && -x $script ]] || continue
    output=$("$script" 2>&1 </dev/null)
    status=$?
    [[ -z $output && $status == 0 ]] || note "$script" "$status" "$output"
    if [[ $status != 0 ]]; then
      failed+="${failed:+; }$(basename "$script"): $(last_line "$output" "$status")"
    fi
  done
  [[ -n $failed ]] || exit 0
  # The one call to slurmctld, and only on a failure: thousands of prologs that ask it would bring it down.
  scontrol update "nodename=${SLURMD_NODENAME:-$(hostname -s)}" state=drain \
    "reason=cluster-provision: $when ${failed:0:200}" </dev/null >/dev/null 2>&1
  exit 1
}

last_line() {
  local line
  line=$(grep -v '^[[:space:]]*$' <<<"$1" | tail -n 1)
  printf '%s' "${line:-ended with $2}"
}

note() {
  printf '%s job %s %s: %s\n%s\n' "$(date --utc +%FT%TZ)" "${SLURM_JOB_ID:-?}" "$1" "$2" "$3" >>"$log" 2>/dev/null
}

main
