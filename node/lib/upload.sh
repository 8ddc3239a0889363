# shellcheck shell=bash
# The record's way to the state's place: the object <deployment>/nodes/<name>.json.

# upload_soon: sends the record without making anything wait; what comes later carries it anyway. Short steps follow each
# other fast, and one object takes one write a second: https://cloud.google.com/storage/quotas
upload_soon() {
  retry 5 upload_record unless-sent >>"$LOG_FOLDER/uploads.log" 2>&1 </dev/null &
}

# upload_surely: sends the record, for as long as it takes within RECORD_LIMIT.
upload_surely() {
  retry "$RECORD_LIMIT" upload_record
}

# upload_record [unless-sent]: sends the record as it is at that moment, so that an upload that was held up can't bring
# an old one; with the argument only if it isn't what was sent last, by one that was held up as long.
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

# record_facts FILE: prints what is told beside the record, as the object's metadata: a NAME=value a line.
record_facts() {
  local record name
  record=$(<"$1")
  [[ $record =~ \"status\":\ \"([a-z]+)\",\ \"step\":\ \"([a-z-]*)\" ]] || return 1
  printf '%s=%s\n' status "${BASH_REMATCH[1]}" step "${BASH_REMATCH[2]}" instance_id "$INSTANCE_ID"
  # How the optional steps went is told beside: the node's status doesn't say.
  for name in "${TOLD_STEPS[@]}"; do
    if [[ $record =~ \"name\":\ \"$name\",\ \"status\":\ \"([a-z]+)\" ]]; then
      printf '%s=%s\n' "$name" "${BASH_REMATCH[1]}"
    fi
  done
  # So is the verdict of the health checks, where there are any.
  if [[ $record =~ \"health\":\ \{\"verdict\":\ \"([a-z]+)\" ]]; then
    echo "health=${BASH_REMATCH[1]}"
  fi
  # And whether the node is in a Ray cluster, and in which, as one can change while the other doesn't.
  if [[ $record =~ \"ray\":\ \{.*\"cluster\":\ \"([a-z0-9]+)\".*\"gpus\":\ ([0-9]+)\} ]]; then
    printf '%s=%s\n' ray "${BASH_REMATCH[1]}" ray_gpus "${BASH_REMATCH[2]}"
  elif [[ $record == *'"ray": null'* ]]; then
    echo ray=
  fi
}
