# shellcheck shell=bash
# Azure Blob Storage, with the machine's own identity. It never lists anything: the identity may not.
# https://learn.microsoft.com/rest/api/storageservices/put-blob (read 2026-11-25)

BLOB_ENDPOINT=${BLOB_ENDPOINT:-} # in place of the account's own
BLOB_VERSION=2021-12-02
# The word for an empty text in a blob's metadata: libraries differ in whether they keep, drop or refuse an empty one.
# https://github.com/Azure/azure-storage-net/issues/828, https://github.com/Azure/azure-sdk-for-js/issues/26501
NO_TEXT=none

# storage_download CONTAINER BLOB FILE
storage_download() {
  local status
  status=$(storage_call --output "$3" --speed-limit 1024 --speed-time 60 "$(blob_url "$1" "$2")") || return 1
  [[ $status == 200 ]] && return
  echo "reading $(blob_url "$1" "$2"): HTTP $status: $(blob_error "$3")"
  rm -f "$3"
  return 1
}

# storage_upload CONTAINER BLOB FILE FACTS: writes the blob, JSON, with its metadata (a NAME=value a line of the file
# FACTS) in one request, so that one listing shows the facts of all blobs.
storage_upload() {
  local status name value answer=$STATE_FOLDER/upload.answer headers=()
  while IFS='=' read -r name value; do
    headers+=(--header "x-ms-meta-$name: ${value:-$NO_TEXT}")
  done <"$4"
  status=$(storage_call --output "$answer" --max-time 60 --request PUT --data-binary "@$3" "${headers[@]}" \
    --header 'x-ms-blob-type: BlockBlob' --header 'Content-Type: application/json' \
    --header 'x-ms-blob-cache-control: no-store' "$(blob_url "$1" "$2")") || return 1
  [[ $status == 201 ]] && return
  say "writing to $(blob_url "$1" "$2"): HTTP $status: $(blob_error "$answer")"
  return 1
}

# storage_put CONTAINER BLOB FILE: writes the blob with the file's bytes, of which one request takes 5000 MiB.
storage_put() {
  local status answer=$STATE_FOLDER/put.answer
  status=$(storage_call --output "$answer" --speed-limit 1024 --speed-time 60 --request PUT --upload-file "$3" \
    --header 'x-ms-blob-type: BlockBlob' --header 'Content-Type: application/octet-stream' \
    "$(blob_url "$1" "$2")") || return 1
  [[ $status == 201 ]] && return
  say "writing $(blob_url "$1" "$2"): HTTP $status: $(blob_error "$answer")"
  return 1
}

# storage_call CURL-ARGUMENTS...: prints the HTTP status. The token goes through a pipe: ps shows command lines.
storage_call() {
  local token
  token=$(storage_token) || return 1
  printf 'header = "Authorization: Bearer %s"\n' "$token" |
    curl --config - --silent --show-error --connect-timeout 10 --header "x-ms-version: $BLOB_VERSION" \
      --write-out '%{http_code}' "$@"
}

# blob_url CONTAINER BLOB: the slashes in a blob's name stay.
blob_url() {
  local path
  path=$(url_encoded "$2")
  printf '%s/%s/%s' "${BLOB_ENDPOINT:-https://$ACCOUNT.blob.core.windows.net}" "$1" "${path//%2F//}"
}

# blob_error FILE: prints the code and message of an XML answer, in a line.
blob_error() {
  head -c 600 "$1" | tr '\r\n' '  ' | sed 's/<[^>]*>/ /g'
}
