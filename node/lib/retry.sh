# shellcheck shell=bash
# Tries again with growing waits: all nodes of a cluster start at once, and must not call in step.

RETRY_FIRST_MS=${RETRY_FIRST_MS:-500}
RETRY_LONGEST_MS=${RETRY_LONGEST_MS:-15000}
# For events on this machine itself, where a look costs nothing.
LOCAL_LONGEST_MS=${LOCAL_LONGEST_MS:-1000}

# retry SECONDS COMMAND...: runs COMMAND until it succeeds; after SECONDS, returns its last status.
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

BACKOFF_ATTEMPTS=${BACKOFF_ATTEMPTS:-10}
BACKOFF_FIRST_MS=${BACKOFF_FIRST_MS:-1000}
BACKOFF_LONGEST_MS=${BACKOFF_LONGEST_MS:-32000}

# with_backoff COMMAND...: runs COMMAND until it succeeds, at most BACKOFF_ATTEMPTS times. Each wait is
# random, up to a limit that doubles, so that not all nodes call somebody's repository at once.
with_backoff() {
  local attempt limit_ms=$BACKOFF_FIRST_MS status
  for ((attempt = 1; ; attempt++)); do
    status=0
    "$@" || status=$?
    if ((status == 0 || attempt >= BACKOFF_ATTEMPTS)); then
      return "$status"
    fi
    echo "attempt $attempt of $BACKOFF_ATTEMPTS failed with status $status: $*"
    pause $((RANDOM % (limit_ms + 1)))
    limit_ms=$((limit_ms * 2 > BACKOFF_LONGEST_MS ? BACKOFF_LONGEST_MS : limit_ms * 2))
  done
}

# pause MILLISECONDS
pause() {
  sleep "$(printf '%d.%03d' $(($1 / 1000)) $(($1 % 1000)))"
}
