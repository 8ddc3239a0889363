# shellcheck shell=bash
# Encodes text for other languages.

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

json_escaped() {
  local text=${1//\\/\\\\}
  printf '%s' "${text//\"/\\\"}"
}
