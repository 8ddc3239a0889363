# shellcheck shell=bash
# The node's record, RECORD_FILE (docs/node-status.md): combined from one file for each step.
# Several processes write it, the bootstrap and those that watch the user's command and Ray; a lock serialises them.

STEP_NAMES=("${REQUIRED_STEPS[@]}" "${OPTIONAL_STEPS[@]}" command)
STEPS_FOLDER=$STATE_FOLDER/steps
HOST_KEYS_FOLDER=$NODE_ROOT/etc/ssh

# The health checks' findings, written by the check scripts (docs/health.md). The file outlives a boot.
HEALTH_FACT=$STATE_FOLDER/health.json

# What the machine says of Slurm. It outlives a boot, as Slurm's own state does.
SLURM_FACT=$STATE_FOLDER/slurm.json

# record_begin: starts this boot's record in place of the last one's.
record_begin() {
  rm -rf "$STEPS_FOLDER"
  mkdir -p "$STEPS_FOLDER"
  record_write
}

# record_step NAME STATUS SECONDS TAIL-FILE [optional]: notes what a step did, with its notes on mounts and on the
# command's results; the record's status follows from it.
record_step() {
  local tail='""' optional=false mounts='' results=''
  [[ -z $4 ]] || tail=$(tail_of "$4")
  [[ -z ${5:-} ]] || optional=true
  [[ ! -s $STEPS_FOLDER/$1.mounts ]] || mounts=", \"mounts\": [$(paste -s -d , "$STEPS_FOLDER/$1.mounts")]"
  [[ ! -s $STEPS_FOLDER/$1.results ]] || results=", \"results\": $(<"$STEPS_FOLDER/$1.results")"
  printf '{"name": "%s", "status": "%s", "optional": %s, "seconds": %s, "tail": %s%s%s}' \
    "$1" "$2" "$optional" "$3" "$tail" "$mounts" "$results" >"$STEPS_FOLDER/$1.new"
  mv "$STEPS_FOLDER/$1.new" "$STEPS_FOLDER/$1"
  record_write
}

record_write() {
  (
    flock --wait 60 9 || return 1
    local name step='' status=starting text steps=() now ray='' slurm='' health={}
    for name in "${STEP_NAMES[@]}"; do
      [[ -e $STEPS_FOLDER/$name ]] || continue
      text=$(<"$STEPS_FOLDER/$name")
      steps+=("$text")
      [[ $status == failed ]] && continue
      step=$name
      if [[ $name == command ]]; then
        status=ready
        # One listing must distinguish a command that has ended from one that still runs.
        [[ $text == *'"status": "running"'* ]] || step="done"
      fi
      [[ $text != *'"status": "failed", "optional": false'* ]] || status=failed step=$name
    done
    if [[ -n $RAY_PORT ]]; then
      ray=null
      [[ ! -s $RAY_FACT ]] || ray=$(<"$RAY_FACT")
      ray=" \"ray\": $ray,"
    fi
    if [[ -n $SLURM_PART ]]; then
      slurm=null
      [[ ! -s $SLURM_FACT ]] || slurm=$(<"$SLURM_FACT")
      slurm=" \"slurm\": $slurm,"
    fi
    [[ ! -s $HEALTH_FACT ]] || health=$(<"$HEALTH_FACT")
    TZ=UTC0 printf -v now '%(%Y-%m-%dT%H:%M:%SZ)T' -1
    {
      printf '{"schema": 1, "node": "%s", "instance_id": "%s", "boot_id": "%s", "address": "%s", "host": "%s",\n' \
        "$NODE_NAME" "$INSTANCE_ID" "$BOOT_ID" "$ADDRESS" "${PHYSICAL_HOST:-}"
      printf ' "status": "%s", "step": "%s", "updated": "%s", "health": %s,%s%s\n' "$status" "$step" "$now" "$health" "$ray" "$slurm"
      printf ' "host_keys": [%s],\n "steps": [' "$(host_keys)"
      local comma=''
      for text in "${steps[@]}"; do
        printf '%s\n  %s' "$comma" "$text"
        comma=,
      done
      printf ']}\n'
    } >"$RECORD_FILE.new"
    mv "$RECORD_FILE.new" "$RECORD_FILE"
  ) 9>"$STATE_FOLDER/record.lock"
}

# host_keys: prints the keys by which this machine's ssh server proves its identity, as JSON strings; nothing before it
# has any. A reader of the record then knows which key to expect at its address.
host_keys() {
  local file kind key comma=''
  for file in "$HOST_KEYS_FOLDER"/ssh_host_*_key.pub; do
    [[ -s $file ]] || continue
    read -r kind key _ <"$file"
    printf '%s"%s %s"' "$comma" "$kind" "$key"
    comma=', '
  done
}

# tail_of FILE: prints the last lines, at most 20 and 4 KiB, as a JSON string.
tail_of() {
  tail -n 20 "$1" | tail -c 4096 |
    python3 -c 'import json, sys; print(json.dumps(sys.stdin.buffer.read().decode(errors="replace").rstrip("\n")))'
}
