# shellcheck shell=bash
# Uploads the record to the state's bucket or container: the object <deployment>/nodes/<name>.json.

# upload_soon: sends the record without a wait; a later upload includes it anyway. Short steps follow each
# other fast, and an object allows one write a second: https://cloud.google.com/storage/quotas
upload_soon() {
  retry 5 upload_record unless-sent >>"$LOG_FOLDER/uploads.log" 2>&1 </dev/null &
}

# upload_surely: sends the record, and tries again until RECORD_LIMIT.
upload_surely() {
  retry "$RECORD_LIMIT" upload_record
}

# upload_record [unless-sent]: sends the record as it is at that moment, so that a delayed upload can't send
# an old one. With the argument, it sends the record only if it differs from the last one sent.
upload_record() {
  local record=$STATE_FOLDER/upload.json facts=$STATE_FOLDER/upload.facts sent=$STATE_FOLDER/upload.sent
  (
    flock --wait 120 9 || exit
    [[ ${1:-} != unless-sent || ! -e $sent || $(<"$RECORD_FILE") != "$(<"$sent")" ]] || exit 0
    cp "$RECORD_FILE" "$record" &&
      record_facts "$record" >"$facts" &&
      storage_upload "$BUCKET" "$DEPLOYMENT/nodes/$NODE_NAME.json" "$record" "$facts" &&
      mv "$record" "$sent"
  ) 9>"$STATE_FOLDER/upload.lock"
}

# record_facts FILE: prints the object's metadata, one NAME=value on each line.
record_facts() {
  local record name
  record=$(<"$1")
  [[ $record =~ \"status\":\ \"([a-z]+)\",\ \"step\":\ \"([a-z-]*)\" ]] || return 1
  printf '%s=%s\n' status "${BASH_REMATCH[1]}" step "${BASH_REMATCH[2]}" instance_id "$INSTANCE_ID"
  [[ -z ${PHYSICAL_HOST:-} ]] || echo "host=$PHYSICAL_HOST"
  # The outcomes of the optional steps, which the node's status doesn't include.
  for name in "${TOLD_STEPS[@]}"; do
    if [[ $record =~ \"name\":\ \"$name\",\ \"status\":\ \"([a-z]+)\" ]]; then
      printf '%s=%s\n' "$name" "${BASH_REMATCH[1]}"
    fi
  done
  # The verdict of the health checks, if there are any.
  if [[ $record =~ \"health\":\ \{\"verdict\":\ \"([a-z]+)\" ]]; then
    echo "health=${BASH_REMATCH[1]}"
  fi
  # The Ray cluster that the node is in, which can change while the record doesn't.
  if [[ $record =~ \"ray\":\ \{.*\"cluster\":\ \"([a-z0-9]+)\".*\"gpus\":\ ([0-9]+)\} ]]; then
    printf '%s=%s\n' ray "${BASH_REMATCH[1]}" ray_gpus "${BASH_REMATCH[2]}"
  elif [[ $record == *'"ray": null'* ]]; then
    echo ray=
  fi
  # The description of the Slurm cluster that the machine has applied.
  if [[ $record =~ \"slurm\":\ \{\"applied\":\ \"([0-9a-f]+)\" ]]; then
    echo "slurm=${BASH_REMATCH[1]}"
  elif [[ $record == *'"slurm": '* ]]; then
    echo slurm=
  fi
}
