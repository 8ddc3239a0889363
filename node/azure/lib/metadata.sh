# shellcheck shell=bash
# The instance metadata service: the machine's identity, and the token of its managed identity.
# https://learn.microsoft.com/azure/virtual-machines/instance-metadata-service (read 2026-11-25)

IMDS_ENDPOINT=${IMDS_ENDPOINT:-http://169.254.169.254}
# What the token is for: storage, in every account.
STORAGE_RESOURCE=https://storage.azure.com/

# instance_save FILE: writes all metadata of this machine, as JSON.
instance_save() {
  metadata_save "instance?api-version=2021-02-01" "$1"
}

# metadata_save PATH FILE: writes what is at PATH, a path with its query, as JSON.
metadata_save() {
  retry "$METADATA_LIMIT" metadata_answers "$1" "$2"
}

# Asks the service directly: no proxy can answer for it, and it refuses calls that came through one.
metadata_answers() {
  local status
  status=$(curl --silent --show-error --noproxy '*' --connect-timeout 5 --max-time 30 \
    --header 'Metadata: true' --output "$2" --write-out '%{http_code}' "$IMDS_ENDPOINT/metadata/$1") || return 1
  [[ $status == 200 ]] && return
  say "the instance metadata service answered $status for ${1%%\?*}: $(head -c 300 "$2" | tr '\n' ' ')"
  rm -f "$2"
  return 1
}

# storage_token: prints a token of the machine's identity. IDENTITY is its resource id, since a policy of the
# subscription may have given the machine others; without IDENTITY, the machine has only one.
storage_token() {
  local file status=0 query
  query="api-version=2018-02-01&resource=$(url_encoded "$STORAGE_RESOURCE")"
  [[ -z $IDENTITY ]] || query+="&msi_res_id=$(url_encoded "$IDENTITY")"
  file=$(mktemp) || return 1
  { metadata_save "identity/oauth2/token?$query" "$file" &&
    [[ $(<"$file") =~ \"access_token\":[[:space:]]*\"([^\"]+)\" ]] &&
    printf '%s' "${BASH_REMATCH[1]}"; } || status=1
  rm -f "$file"
  return "$status"
}
