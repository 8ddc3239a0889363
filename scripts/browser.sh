#!/usr/bin/env bash
# Installs a headless Chromium, in which tests look at the report. Where it can't be had (no Debian, or not as root) one
# line says so, and those tests are skipped. Done in a moment where there is one.
set -euo pipefail

log="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)/.cache/browser.log"
package=chromium-headless-shell # a third of what Chromium with its windows takes

main() {
  if there_is_one; then return; fi
  mkdir -p "$(dirname "$log")"
  if [[ "$(id -u)" != 0 ]] || ! may_be_had; then
    echo "browser: no Chromium on PATH, and no package of one for this user: the report is not looked at" >&2
    return
  fi
  echo "browser: installing $package" >&2
  apt-get install -y --no-install-recommends "$package" >>"$log" 2>&1 || fail "'apt-get install $package' failed, see $log"
}

there_is_one() { # as tests/unit/report_page/browser.py looks for it
  command -v chromium-headless-shell || command -v chromium
} >/dev/null

may_be_had() { # Ubuntu has Chromium as a snap alone
  export DEBIAN_FRONTEND=noninteractive
  command -v apt-get >/dev/null && apt-get update >"$log" 2>&1 && [[ -n "$(apt-cache search --names-only "^$package\$")" ]]
}

fail() {
  echo "browser: $1" >&2
  exit 17
}

main
