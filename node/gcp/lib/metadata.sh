# shellcheck shell=bash
# The instance's metadata server: the machine's identity, its configuration, and its service account's token.
# https://cloud.google.com/compute/docs/metadata/querying-metadata

# metadata_save PATH FILE: writes the value at PATH, byte for byte; returns NO_SUCH_VALUE for none.
metadata_save() {
  METADATA_STATUS=
  retry "$METADATA_LIMIT" metadata_answers "$1" "$2" || return 1
  if [[ $METADATA_STATUS == 404 ]]; then
    rm -f "$2"
    return "$NO_SUCH_VALUE"
  fi
}

# metadata PATH: prints the value at PATH, which must exist.
metadata() {
  local file status=0
  file=$(mktemp) || return 1
  { metadata_save "$1" "$file" && cat "$file"; } || status=$?
  rm -f "$file"
  return "$status"
}

# Asks the server directly: no proxy can answer for it.
metadata_answers() {
  METADATA_STATUS=$(curl --silent --show-error --noproxy '*' --connect-timeout 5 --max-time 30 \
    --header 'Metadata-Flavor: Google' --output "$2" --write-out '%{http_code}' \
    "http://$METADATA_HOST/computeMetadata/v1/$1") || return 1
  case $METADATA_STATUS in
    200 | 404) ;;
    *)
      say "the metadata server answered $METADATA_STATUS for $1"
      return 1
      ;;
  esac
}
