#!/usr/bin/env bash
# Prints the address of a Debian mirror: the one that this machine itself uses, where it is a Debian (a local mirror may
# be all that answers), else Debian's own. DEBIAN_MIRROR overrides it. An argument stands for /etc.
set -euo pipefail

etc="${1:-/etc}"

main() {
  local found="${DEBIAN_MIRROR:-}"
  if [[ -z "$found" ]] && grep -q '^ID=debian' "$etc/os-release"; then
    found="$({ deb822_addresses; one_line_addresses; } | grep -m 1 -E '/debian/?$' || true)"
  fi
  echo "${found:-http://deb.debian.org/debian}"
}

deb822_addresses() { # files of paragraphs, whose comments may hold other addresses
  cat "$etc"/apt/sources.list.d/*.sources 2>/dev/null |
    awk '/^#/ {next} tolower($1) == "uris:" {for (i = 2; i <= NF; i++) print $i}'
}

one_line_addresses() { # deb [options] address suite components
  cat "$etc/apt/sources.list" "$etc"/apt/sources.list.d/*.list 2>/dev/null |
    awk '$1 == "deb" {sub(/\[[^]]*\]/, ""); print $2}'
}

main
