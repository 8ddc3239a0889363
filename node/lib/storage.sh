# shellcheck shell=bash
# Cloud Storage, with the machine's own identity. Nothing is ever listed: the account may not.
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

# storage_upload BUCKET BODY BOUNDARY: sends a multipart/related body that carries the object's name and metadata.
storage_upload() {
  local status answer=$2.answer
  status=$(storage_call --output "$answer" --max-time 60 --request POST --data-binary "@$2" \
    --header "Content-Type: multipart/related; boundary=$3" \
    "$STORAGE_ENDPOINT/upload/storage/v1/b/$1/o?uploadType=multipart") || return 1
  [[ $status == 200 ]] && return
  say "writing to gs://$1: HTTP $status: $(head -c 300 "$answer" | tr '\n' ' ')"
  return 1
}

# storage_call CURL-ARGUMENTS...: prints the HTTP status. The token goes through a pipe: ps shows command lines.
storage_call() {
  local answer
  answer=$(metadata instance/service-accounts/default/token) || return 1
  [[ $answer =~ \"access_token\":[[:space:]]*\"([^\"]+)\" ]] || return 1
  printf 'header = "Authorization: Bearer %s"\n' "${BASH_REMATCH[1]}" |
    curl --config - --silent --show-error --connect-timeout 10 --write-out '%{http_code}' "$@"
}

# url_encoded TEXT: for one part of a URL's path, byte by byte.
url_encoded() {
  local LC_ALL=C text=$1 i code
  for ((i = 0; i < ${#text}; i++)); do
    case ${text:i:1} in
      [A-Za-z0-9._~-]) printf '%s' "${text:i:1}" ;;
      *)
        printf -v code '%d' "'${text:i:1}"
        printf '%%%02X' $((code & 255))
        ;;
    esac
  done
}
