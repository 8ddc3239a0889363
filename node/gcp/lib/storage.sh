# shellcheck shell=bash
# Cloud Storage, with the machine's own identity. It never lists anything: the account may not.
# https://cloud.google.com/storage/docs/json_api

# storage_download BUCKET OBJECT FILE
storage_download() {
  local status
  status=$(storage_call --output "$3" --speed-limit 1024 --speed-time 60 \
    "$STORAGE_ENDPOINT/storage/v1/b/$1/o/$(url_encoded "$2")?alt=media") || return 1
  [[ $status == 200 ]] && return
  echo "reading gs://$1/$2: HTTP $status: $(head -c 300 "$3" | tr '\n' ' ')"
  rm -f "$3"
  return 1
}

# storage_upload BUCKET OBJECT FILE FACTS: writes the object, JSON, with its metadata (a NAME=value a line of the file
# FACTS) in one request, so that one listing shows the facts of all objects.
storage_upload() {
  local status boundary=cluster-$RANDOM$RANDOM$RANDOM body=$STATE_FOLDER/upload answer=$STATE_FOLDER/upload.answer
  storage_body "$boundary" "$2" "$3" "$4" >"$body" || return 1
  status=$(storage_call --output "$answer" --max-time 60 --request POST --data-binary "@$body" \
    --header "Content-Type: multipart/related; boundary=$boundary" \
    "$STORAGE_ENDPOINT/upload/storage/v1/b/$1/o?uploadType=multipart") || return 1
  [[ $status == 200 ]] && return
  say "writing to gs://$1: HTTP $status: $(head -c 300 "$answer" | tr '\n' ' ')"
  return 1
}

# storage_put BUCKET OBJECT FILE: writes the object with the file's bytes, however many.
storage_put() {
  local status answer=$STATE_FOLDER/put.answer
  status=$(storage_call --output "$answer" --speed-limit 1024 --speed-time 60 --request POST --upload-file "$3" \
    --header 'Content-Type: application/octet-stream' \
    "$STORAGE_ENDPOINT/upload/storage/v1/b/$1/o?uploadType=media&name=$(url_encoded "$2")") || return 1
  [[ $status == 200 ]] && return
  say "writing gs://$1/$2: HTTP $status: $(head -c 300 "$answer" | tr '\n' ' ')"
  return 1
}

# storage_body BOUNDARY OBJECT FILE FACTS: prints a multipart/related body with the object's name and content.
storage_body() {
  local about metadata='' name value
  while IFS='=' read -r name value; do
    metadata+="${metadata:+, }\"$name\": \"$value\""
  done <"$4"
  printf -v about '{"name": "%s", "contentType": "application/json", "cacheControl": "no-store", "metadata": %s}' \
    "$(json_escaped "$2")" "{$metadata}"
  printf -- '--%s\r\nContent-Type: application/json\r\n\r\n%s\r\n' "$1" "$about" "$1" "$(<"$3")"
  printf -- '--%s--\r\n' "$1"
}

# storage_call CURL-ARGUMENTS...: prints the HTTP status. The token goes through a pipe: ps shows command lines.
storage_call() {
  local answer
  answer=$(metadata instance/service-accounts/default/token) || return 1
  [[ $answer =~ \"access_token\":[[:space:]]*\"([^\"]+)\" ]] || return 1
  printf 'header = "Authorization: Bearer %s"\n' "${BASH_REMATCH[1]}" |
    curl --config - --silent --show-error --connect-timeout 10 --write-out '%{http_code}' "$@"
}
