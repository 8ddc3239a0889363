# shellcheck shell=bash
# Trying again, with growing waits: all nodes of a cluster start at once, and must not ask in step.

RETRY_FIRST_MS=${RETRY_FIRST_MS:-500}
RETRY_LONGEST_MS=${RETRY_LONGEST_MS:-15000}

# retry SECONDS COMMAND...: runs COMMAND until it succeeds; its last status, once SECONDS have gone by.
retry() {
  local deadline=$((SECONDS + $1)) wait_ms=$RETRY_FIRST_MS status
  shift
  while true; do
    status=0
    "$@" || status=$?
    if ((status == 0 || SECONDS >= deadline)); then
      return "$status"
    fi
    pause $((wait_ms / 2 + RANDOM % (wait_ms / 2 + 1)))
    wait_ms=$((wait_ms * 2 > RETRY_LONGEST_MS ? RETRY_LONGEST_MS : wait_ms * 2))
  done
}

# pause MILLISECONDS
pause() {
  sleep "$(printf '%d.%03d' $(($1 / 1000)) $(($1 % 1000)))"
}
