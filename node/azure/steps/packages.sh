# shellcheck shell=bash
# A few tools for people on the machines. Nothing needs them, so nothing waits for them.

TOOLS=(tree ncdu tmux nload inotify-tools)

step_packages() {
  local missing=()
  missing_tools
  ((${#missing[@]} == 0)) || return "$NOT_YET"
  echo "all there: ${TOOLS[*]}"
}

step_packages_late() {
  local missing=()
  missing_tools
  apt_waits_for_locks
  with_backoff install_packages "${missing[@]}"
}

# missing_tools: fills `missing`.
missing_tools() {
  local package
  for package in "${TOOLS[@]}"; do
    has_package "$package" || missing+=("$package")
  done
}
