#!/usr/bin/env bash
# Finds a container engine, or installs and starts one.
#
#   engine.sh start   an engine that answers is used as it is; else Debian's or Ubuntu's is installed and started (root)
#   engine.sh stop    stops an engine that `start` had started, and no other
#
# Exit code 17 and one line on stderr: there is no engine here and none can be had.
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
state="${ENGINE_CACHE:-$(dirname "$here")/.cache/engine}"
# shellcheck source=docker_client.sh
source "$here/docker_client.sh"

main() {
  case "${1:-start}" in
    start) start ;;
    stop) stop ;;
    *) echo "usage: engine.sh start|stop" >&2; exit 2 ;;
  esac
}

start() {
  choose_docker && return 0
  is_debian || no_engine "this is neither Debian nor Ubuntu"
  [[ "$(id -u)" == 0 ]] || no_engine "installing one needs root"
  [[ -x /usr/sbin/dockerd || -x /usr/bin/dockerd ]] || install_engine
  if [[ -d /run/systemd/system ]]; then
    systemctl start docker || no_engine "'systemctl start docker' failed"
  else
    start_daemon
  fi
  wait_until_it_answers
}

is_debian() { grep -qE '^ID(_LIKE)?=.*(debian|ubuntu)' /etc/os-release 2>/dev/null; }

no_engine() {
  echo "engine: no container engine here: $1" >&2
  exit 17
}

install_engine() {
  echo "engine: installing docker.io" >&2
  mkdir -p "$state"
  export DEBIAN_FRONTEND=noninteractive
  { apt-get update && apt-get install -y --no-install-recommends docker.io iptables; } >"$state/install.log" 2>&1 ||
    no_engine "'apt-get install docker.io' failed, see $state/install.log"
}

start_daemon() {
  local interface mtu
  interface="$(ip -o route show default 2>/dev/null | awk '{for (i = 1; i < NF; i++) if ($i == "dev") {print $(i + 1); exit}}')"
  # Containers on an interface with a larger MTU than the machine's own lose large packets without a word.
  mtu="$(cat "/sys/class/net/${interface:-lo}/mtu")"
  [[ "$mtu" -le 1500 ]] || mtu=1500
  mkdir -p "$state"
  # Many systemd containers each hold a few inotify instances: 128, the kernel's own limit, is used up by 27 of them.
  sysctl -qw fs.inotify.max_user_instances=8192 2>/dev/null || true
  echo "engine: starting dockerd, log in $state/dockerd.log" >&2
  setsid --fork dockerd --mtu "$mtu" --pidfile "$state/dockerd.pid" >"$state/dockerd.log" 2>&1 </dev/null
}

wait_until_it_answers() {
  local deadline=$((SECONDS + 60))
  until choose_docker; do
    ((SECONDS < deadline)) || no_engine "dockerd does not answer, see $state/dockerd.log"
    sleep 0.2
  done
}

stop() {
  local pid deadline=$((SECONDS + 60))
  pid="$(cat "$state/dockerd.pid" 2>/dev/null)" || { echo "engine: none was started from here" >&2; return 0; }
  [[ "$(cat "/proc/$pid/comm" 2>/dev/null)" == dockerd ]] || { rm -f "$state/dockerd.pid"; return 0; }
  kill "$pid"
  while [[ -d "/proc/$pid" ]]; do
    ((SECONDS < deadline)) || { echo "engine: dockerd ($pid) does not stop, see $state/dockerd.log" >&2; exit 17; }
    sleep 0.2
  done
}

main "$@"
