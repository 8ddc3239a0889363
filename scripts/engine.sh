#!/usr/bin/env bash
# Finds a container engine, or installs and starts one.
#
#   engine.sh start     an engine that answers is used as it is; else Debian's or Ubuntu's is installed and started (root)
#   engine.sh resume    an engine that `start` had started, and that has died since, is started again: for cleaning up
#   engine.sh release   stops an engine that `start` had started, unless there are containers on it; images are kept
#   engine.sh stop      stops an engine that `start` had started, whatever is on it; no other is ever stopped
#
# Exit code 17 and one line on stderr: there is no engine here and none can be had; 1: there is none to resume.
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
state="${ENGINE_CACHE:-$(dirname "$here")/.cache/engine}"
# Holds which run of systemd's service is ours, or nothing where there is no systemd; there until `release` stops it.
started="$state/started"
# shellcheck source=docker_client.sh
source "$here/docker_client.sh"
PATH="$PATH:/usr/sbin:/sbin" # of dockerd and iptables; a root of `su` lacks them

main() {
  case "${1:-start}" in
    start) start ;;
    resume) resume ;;
    release) release ;;
    stop) stop ;;
    *) echo "usage: engine.sh start|resume|release|stop" >&2; exit 2 ;;
  esac
}

start() {
  if choose_docker; then return; fi
  if socket_is_closed; then no_engine "$(why_no_docker)"; fi
  is_debian || no_engine "this is neither Debian nor Ubuntu"
  [[ "$(id -u)" == 0 ]] || no_engine "installing one needs root"
  [[ -z "${DOCKER_HOST:-}" ]] || no_engine "$(why_no_docker)"
  mkdir -p "$state"
  if ! command -v dockerd >/dev/null || ! command -v docker >/dev/null; then install_engine; fi
  allow_many_nodes
  if [[ -d /run/systemd/system ]]; then
    systemctl start docker || no_engine "'systemctl start docker' failed"
    service_run >"$started"
  else
    start_daemon
    : >"$started"
  fi
  wait_until_it_answers
}

resume() {
  if choose_docker; then return; fi
  [[ -e "$started" && -z "${DOCKER_HOST:-}" ]] || { echo "engine: none was started here, and $(why_no_docker)" >&2; exit 1; }
  start
}

release() {
  local held
  [[ -e "$started" ]] || return 0
  unset DOCKER_HOST # ours is where clients look unasked
  if is_ours && choose_docker; then
    held="$("$DOCKER" ps -a --format '{{.Names}}' | paste -sd ' ')"
    if [[ -n "$held" ]]; then
      echo "engine: it stays up, since there are containers on it: $held" >&2
      return
    fi
  fi
  stop
  rm -f "$started"
}

is_debian() { grep -qE '^ID(_LIKE)?=.*(debian|ubuntu)' "${OS_RELEASE:-/etc/os-release}" 2>/dev/null; }

no_engine() {
  echo "engine: no container engine here: $1" >&2
  exit 17
}

install_engine() {
  echo "engine: installing docker.io" >&2
  export DEBIAN_FRONTEND=noninteractive
  # From Debian 13 on the client is a package of its own.
  if ! { apt-get update && apt-get install -y --no-install-recommends docker.io iptables &&
    { command -v docker || apt-get install -y --no-install-recommends docker-cli; }; } >"$state/install.log" 2>&1; then
    no_engine "'apt-get install docker.io' failed, see $state/install.log"
  fi
}

allow_many_nodes() { # each holds a few inotify instances: 128, the kernel's own limit, is used up by 27 of them
  local limit=/proc/sys/fs/inotify/max_user_instances
  if [[ "$(cat "$limit" 2>/dev/null || echo 8192)" -lt 8192 ]]; then
    { echo 8192 >"$limit"; } 2>/dev/null || true
  fi
}

start_daemon() {
  local interface mtu
  interface="$(awk '$2 == "00000000" {print $1; exit}' /proc/net/route 2>/dev/null || true)"
  # Containers on an interface with a larger MTU than the machine's own lose large packets without a word.
  mtu="$(cat "/sys/class/net/${interface:-lo}/mtu" 2>/dev/null || echo 1500)"
  [[ "$mtu" -le 1500 ]] || mtu=1500
  echo "engine: starting dockerd, log in $state/dockerd.log" >&2
  setsid --fork dockerd --mtu "$mtu" --pidfile "$state/dockerd.pid" >"$state/dockerd.log" 2>&1 </dev/null
}

wait_until_it_answers() {
  local deadline=$((SECONDS + 60))
  until choose_docker; do
    if ((SECONDS >= deadline)) || grep -qs '^failed to start daemon' "$state/dockerd.log"; then
      no_engine "dockerd does not answer, see $state/dockerd.log"
    fi
    sleep 0.2
  done
}

is_ours() {
  if [[ -s "$started" ]]; then
    [[ "$(service_run)" == "$(cat "$started")" ]]
  else
    [[ -n "$(daemon)" ]]
  fi
}

service_run() { systemctl show --property=InvocationID --value docker.service; }

is_running() { [[ -n "$({ tr -d '\0' <"/proc/$1/cmdline"; } 2>/dev/null)" ]]; } # not one that only waits to be reaped

daemon() { # the number of the process that was started here; nothing where it is gone, whoever has its number now
  local pid
  pid="$(cat "$state/dockerd.pid" 2>/dev/null)" || return 0
  if { tr '\0' ' ' <"/proc/$pid/cmdline"; } 2>/dev/null | grep -qF -- "$state/dockerd.pid"; then echo "$pid"; fi
}

stop() {
  local pid deadline=$((SECONDS + 60))
  if ! is_ours; then
    rm -f "$state/dockerd.pid"
  elif [[ -s "$started" ]]; then
    systemctl stop docker.socket docker.service
  else
    pid="$(daemon)"
    kill "$pid"
    while is_running "$pid"; do
      ((SECONDS < deadline)) || { echo "engine: dockerd ($pid) does not stop, see $state/dockerd.log" >&2; exit 17; }
      sleep 0.2
    done
  fi
}

main "$@"
