#!/usr/bin/env bash
# What action.yml runs: the tool's image with the env file, its result as outputs and summary. Inputs are CP_…
#
# Cancelled, it lets the tool go in its own way: Terraform ends what is in flight, and the lock is free afterwards.
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
out="${RUNNER_TEMP:?}/cluster-provision.${GITHUB_RUN_ID:-0}.$$"
name="cluster-provision-${GITHUB_RUN_ID:-0}-${GITHUB_RUN_ATTEMPT:-0}-$$"
running="" cancelled=""

main() {
  local status=0 tries=0
  mkdir -p "$out/kept"
  say folder "$out"
  say container "$name"
  (umask 077 && printf '%s\n' "${CP_ENV:-}" >"$out/more.list")
  trap stop TERM INT
  while :; do
    status=0
    run_once || status=$?
    [[ -z "$cancelled" && " ${CP_RETRY_ON:-} " == *" $status "* && "$tries" -lt "${CP_RETRIES:-0}" ]] || break
    tries=$((tries + 1))
    echo "Exit code $status is one to be tried again: $tries of ${CP_RETRIES:-0}, in ${CP_RETRY_WAIT:-0} s"
    pause "${CP_RETRY_WAIT:-0}"
    [[ -z "$cancelled" ]] || break
  done
  rm -f "$out/more.list"
  python3 "$here/tell.py" "$out/kept/result.json" "$status" "$out/summary.md"
  exit "$status"
}

run_once() {
  local arguments=() argument=() status=0 each
  arguments=(run --rm --name "$name" --stop-timeout "${CP_STOP_TIMEOUT:-1800}")
  arguments+=(--env-file "${CP_ENV_FILE:?}" --env-file "$out/more.list" -e OUTPUT=json)
  arguments+=(-v "$out/kept:/out" -e REPORT_FILE=/out/report.html)
  if [[ -n "${CP_FILES:-}" ]]; then arguments+=(-v "$(realpath "$CP_FILES"):/usr/aiinfra/copy:ro"); fi
  # Files are mounted, and values handed on by their names: none is an argument that others could list.
  hand_file GOOGLE_APPLICATION_CREDENTIALS /run/google.json
  hand_file AZURE_FEDERATED_TOKEN_FILE /run/azure.jwt
  for each in GOOGLE_OAUTH_ACCESS_TOKEN ARM_TENANT_ID ARM_CLIENT_ID ARM_CLIENT_SECRET AZURE_TENANT_ID AZURE_CLIENT_ID \
    AZURE_CLIENT_SECRET ACTIONS_ID_TOKEN_REQUEST_URL ACTIONS_ID_TOKEN_REQUEST_TOKEN \
    GITHUB_SERVER_URL GITHUB_REPOSITORY GITHUB_RUN_ID; do
    if [[ -n "${!each:-}" ]]; then arguments+=(-e "$each"); fi
  done
  if [[ -n "${CP_ARGUMENT:-}" ]]; then argument=("$CP_ARGUMENT"); fi
  echo "::group::cluster-provision ${CP_ACTION:?}"
  docker "${arguments[@]}" "${CP_IMAGE:?}" "$CP_ACTION" "${argument[@]}" >"$out/kept/result.json" 2> >(tee "$out/kept/log.txt" >&2) &
  running=$!
  # A signal ends `wait` with its own number, and not the run, whose code a further `wait` has.
  while kill -0 "$running" 2>/dev/null; do wait "$running" || true; done
  wait "$running" || status=$?
  running=""
  echo "::endgroup::"
  return "$status"
}

hand_file() { # a variable that names a file, where the container has it
  if [[ -n "${!1:-}" ]]; then arguments+=(-v "${!1}:$2:ro" -e "$1=$2"); fi
}

# shellcheck disable=SC2329 # the trap calls it
stop() {
  cancelled=yes
  if [[ -n "$running" ]]; then docker stop --time "${CP_STOP_TIMEOUT:-1800}" "$name" >/dev/null 2>&1 || true; fi
}

pause() { # seconds
  sleep "$1" &
  wait $! || true
}

say() { # output, value of one line
  printf '%s=%s\n' "$1" "$2" >>"${GITHUB_OUTPUT:?}"
}

main
