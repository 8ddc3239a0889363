# shellcheck shell=bash
# Sourced. `choose_docker` sets DOCKER to a client that reaches a running engine, and DOCKER_BUILDKIT to what it can do;
# where none answers, `why_no_docker` prints the reason.
#
# Two clients of different age may be on one machine: a static one first on PATH, and the distribution's beside its
# engine. From version 23 on a client builds with BuildKit only through its buildx plugin, which static ones lack.

choose_docker() {
  local candidate reached=""
  for candidate in docker /usr/bin/docker; do
    command -v "$candidate" >/dev/null || continue
    timeout 10 "$candidate" version --format '{{.Server.Version}}' >/dev/null 2>&1 || continue
    reached="${reached:-$candidate}"
    if has_buildkit "$candidate"; then
      DOCKER="$(command -v "$candidate")" DOCKER_BUILDKIT=1
      export DOCKER DOCKER_BUILDKIT
      return 0
    fi
  done
  [[ -n "$reached" ]] || return 1
  DOCKER="$(command -v "$reached")" DOCKER_BUILDKIT=0 # the classic builder builds our Dockerfiles too, one stage after another
  export DOCKER DOCKER_BUILDKIT
}

has_buildkit() { # a version may be a word, "dev" for one
  local client
  client="$("$1" version --format '{{.Client.Version}}' 2>/dev/null)" || true
  if [[ "$client" =~ ^([0-9]+)\. ]] && ((BASH_REMATCH[1] < 23)); then return 0; fi
  "$1" buildx version >/dev/null 2>&1
}

why_no_docker() {
  local socket
  socket="$(engine_socket)"
  if socket_is_closed; then
    echo "$(id -un) may not write to its socket $socket: 'sudo usermod -aG docker $(id -un)' and a new login change that"
  elif [[ -n "${DOCKER_HOST:-}" ]]; then
    echo "none answers at DOCKER_HOST=$DOCKER_HOST"
  else
    echo "none answers"
  fi
}

socket_is_closed() { # to this user, whatever is behind it
  local socket
  socket="$(engine_socket)"
  [[ "${DOCKER_HOST:-unix:}" == unix:* && -S "$socket" && ! -w "$socket" ]]
}

engine_socket() { # the engine's socket as the engine's own machine names it
  case "${DOCKER_HOST:-}" in
    unix://*) echo "${DOCKER_HOST#unix://}" ;;
    *) echo /var/run/docker.sock ;;
  esac
}
