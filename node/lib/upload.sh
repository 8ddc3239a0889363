# shellcheck shell=bash
# The record's way to the bucket: the object <deployment>/nodes/<name>.json.

# upload_soon: sends the record without making anything wait; what comes later carries it anyway.
upload_soon() {
  retry 5 upload_record >>"$LOG_FOLDER/uploads.log" 2>&1 </dev/null &
}

# upload_surely: sends the record, for as long as it takes within RECORD_LIMIT.
upload_surely() {
  retry "$RECORD_LIMIT" upload_record
}

# upload_record: sends the record as it is at that moment, so that an upload that was held up can't bring an old one.
upload_record() {
  local boundary=cluster-$RANDOM$RANDOM$RANDOM body=$STATE_FOLDER/upload
  (
    flock --wait 120 9 &&
      upload_body "$boundary" >"$body" &&
      storage_upload "$BUCKET" "$body" "$boundary"
  ) 9>"$STATE_FOLDER/upload.lock"
}

# upload_body BOUNDARY: object metadata and content in one request, so one listing of the objects tells what the
# records say.
upload_body() {
  local record about metadata name
  record=$(<"$RECORD_FILE")
  [[ $record =~ \"status\":\ \"([a-z]+)\",\ \"step\":\ \"([a-z]*)\" ]] || return 1
  metadata="\"status\": \"${BASH_REMATCH[1]}\", \"step\": \"${BASH_REMATCH[2]}\", \"instance_id\": \"$INSTANCE_ID\""
  # How the optional steps went is told beside: the node's status doesn't say.
  for name in agent jupyter; do
    if [[ $record =~ \"name\":\ \"$name\",\ \"status\":\ \"([a-z]+)\" ]]; then
      metadata+=", \"$name\": \"${BASH_REMATCH[1]}\""
    fi
  done
  # So is the verdict of the health checks, where there are any.
  if [[ $record =~ \"health\":\ \{\"verdict\":\ \"([a-z]+)\" ]]; then
    metadata+=", \"health\": \"${BASH_REMATCH[1]}\""
  fi
  # So is whether the node is in a Ray cluster, and in which, as one can change while the other doesn't.
  if [[ $record =~ \"ray\":\ \{.*\"cluster\":\ \"([a-z0-9]+)\".*\"gpus\":\ ([0-9]+)\} ]]; then
    metadata+=", \"ray\": \"${BASH_REMATCH[1]}\", \"ray_gpus\": \"${BASH_REMATCH[2]}\""
  elif [[ $record == *'"ray": null'* ]]; then
    metadata+=', "ray": ""'
  fi
  printf -v about '{"name": "%s", "contentType": "application/json", "cacheControl": "no-store", "metadata": %s}' \
    "$(json_escaped "$DEPLOYMENT/nodes/$NODE_NAME.json")" \
    "{$metadata}"
  printf -- '--%s\r\nContent-Type: application/json\r\n\r\n%s\r\n' "$1" "$about" "$1" "$record"
  printf -- '--%s--\r\n' "$1"
}

json_escaped() {
  local text=${1//\\/\\\\}
  printf '%s' "${text//\"/\\\"}"
}
