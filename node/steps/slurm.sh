# shellcheck shell=bash
# Slurm: this machine's part of the cluster that <deployment>/files/slurm/cluster.json describes. The program that makes
# it so comes from the state store too; a unit then keeps it as the description says, which may change. The unit also
# runs where the machine could not join: what was wrong may be mended by a later description, or by time.

SLURM_UNIT=cluster-slurm.service
SLURM_LIMIT=${SLURM_LIMIT:-1800}
SLURM_HOPELESS=3
SLURM_PROGRAMS=$NODE_ROOT/usr/local/lib/cluster-provision/program

step_slurm() {
  local status=0
  [[ -n $SLURM_PART ]] || return "$NOTHING_TO_DO"
  write_slurm_machine >"$STATE_FOLDER/slurm-machine.json.new"
  mv "$STATE_FOLDER/slurm-machine.json.new" "$STATE_FOLDER/slurm-machine.json"
  # Until the program says which description it has tried, none has been.
  # shellcheck disable=SC2153 # of lib/record.sh
  [[ -s $SLURM_FACT ]] || echo '{"tried": ""}' >"$SLURM_FACT"
  join_patiently || status=$?
  start_slurm_unit
  return "$status"
}

# join_patiently: a `||` after it turns `set -e` off in it.
join_patiently() {
  RETRY_LONGEST_MS=5000 retry "$SLURM_LIMIT" fetch_slurm_program || return 1
  RETRY_LONGEST_MS=5000 retry "$SLURM_LIMIT" join_slurm || return 1
  ((SLURM_STATUS == 0))
}

# slurm_again: tries once more to join, for the unit of a machine that has not. Where that goes well, the bootstrap
# begins anew, as at a start, so that the steps that follow run too. Returns SLURM_HOPELESS as the program does.
slurm_again() {
  step_process slurm_again
  if ((STEP_STATUS == 0)); then
    bootstrap
    return
  fi
  record_step slurm failed 0 "$LOG_FOLDER/step-slurm_again.log"
  upload_surely
  return "$STEP_STATUS"
}

step_slurm_again() {
  fetch_slurm_program
  join_slurm || true
  return "$SLURM_STATUS"
}

# write_slurm_machine: prints what the program must know of this machine, as JSON.
write_slurm_machine() {
  python3 - cloud "$SLURM_CLOUD" part "$SLURM_PART" controller "$SLURM_CONTROLLER" name "$NODE_NAME" \
    bucket "$BUCKET" deployment "$DEPLOYMENT" account "${ACCOUNT:-}" identity "${IDENTITY:-}" \
    address "$ADDRESS" <<'PYTHON'
import json
import sys

words = sys.argv[1:]
print(json.dumps(dict(zip(words[::2], words[1::2]))))
PYTHON
}

# fetch_slurm_program: has the program that the description names here, whole, and leads the link `current` to it. The
# description has the user's own commands: root alone reads it. The last one stays until the next is here.
fetch_slurm_program() {
  local described=$STATE_FOLDER/slurm-described.json archive=$STATE_FOLDER/slurm-program.tar.gz name folder
  rm -f "$described.new"
  (umask 077 && storage_download "$BUCKET" "$DEPLOYMENT/files/slurm/cluster.json" "$described.new") || return 1
  mv -f "$described.new" "$described" || return 1
  name=$(slurm_program_name "$described") || return 1
  folder=$SLURM_PROGRAMS/$(basename "$name" .tar.gz)
  if [[ ! -d $folder ]]; then
    storage_download "$BUCKET" "$DEPLOYMENT/$name" "$archive" || return 1
    gzip --test "$archive" || return 1
    rm -rf "$folder.new"
    mkdir -p "$folder.new" || return 1
    tar --extract --gzip --file "$archive" --directory "$folder.new" --no-same-owner || return 1
    mv "$folder.new" "$folder" || return 1
    rm -f "$archive"
  fi
  ln -sfn "$folder" "$SLURM_PROGRAMS/current"
}

# slurm_program_name FILE
slurm_program_name() {
  python3 - "$1" <<'PYTHON'
import json
import re
import sys

with open(sys.argv[1]) as file:
    told = json.load(file)
if told["schema"] != 1:
    sys.exit(f"cluster.json has schema {told['schema']}; this bootstrap knows schema 1")
if not re.fullmatch(r"files/slurm/[A-Za-z0-9._-]+\.tar\.gz", told["program"]):
    sys.exit(f"cluster.json names no program: {told['program']}")
print(told["program"])
PYTHON
}

# join_slurm: succeeds where trying again doesn't help, too; SLURM_STATUS tells. Its last words are the step's where it
# fails. Python looks for modules where it is started.
join_slurm() {
  SLURM_STATUS=0
  (cd "$SLURM_PROGRAMS/current" && exec python3 -E -s -m node.slurm_cloud join) || SLURM_STATUS=$?
  ((SLURM_STATUS == 0 || SLURM_STATUS == SLURM_HOPELESS))
}

# start_slurm_unit: a unit in /run disappears with the boot, so that it never looks before this machine has tried.
start_slurm_unit() {
  mkdir -p "$UNITS_FOLDER"
  slurm_unit >"$UNITS_FOLDER/$SLURM_UNIT"
  systemctl daemon-reload
  systemctl restart "$SLURM_UNIT"
}

# KillMode: what it has started, such as a change of this machine, ends by itself.
slurm_unit() {
  cat <<UNIT
[Unit]
Description=This machine's part of the Slurm cluster
StartLimitIntervalSec=0

[Service]
ExecStart=/bin/bash $STATE_FOLDER/bootstrap.sh slurm
Restart=always
RestartSec=2
KillMode=process
UNIT
}

# The unit runs watch_slurm. It asks for the description's program first: a program that can't even start is replaced
# by the next one.
watch_slurm() {
  until fetch_slurm_program || [[ -d $SLURM_PROGRAMS/current ]]; do
    pause "$RETRY_LONGEST_MS"
  done
  cd "$SLURM_PROGRAMS/current" || return 1
  exec python3 -E -s -u -m node.slurm_cloud watch
}
