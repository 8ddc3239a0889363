#!/usr/bin/env bash
# Runs Azure's node health checks (AzNHC, https://github.com/Azure/azurehpc-health-checks) and notes their outcome:
#   /var/log/aznhc-health.log          the output of this run
#   /var/log/aznhc-health.log.status   a line for each run: "<time> passed|failed|unknown|skipped"
# Exit status: 0 passed (or nothing to check), 1 failed, 2 unknown, 75 another run is under way.
set -euo pipefail
HERE=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
# shellcheck source=/dev/null
. "$HERE/health/common.sh"

LOG=$LOG_FOLDER/aznhc-health.log
WORK=$FACTS_FOLDER/aznhc-run
# Azure's HPC images have the scripts, which choose the container's image.
SCRIPTS=$NODE_ROOT/opt/azurehpc/test/azurehpc-health-checks
# Elsewhere only the container: 1.2.0 is the newest version that Microsoft's own deployments name
# (Azure/ai-infrastructure-on-azure, utilities/aks/torset_labeler, read 2026-04-22).
IMAGE=${AZNHC_IMAGE:-mcr.microsoft.com/aznhc/aznhc-nv:1.2.0}
CONTAINER=aznhc # the name that AzNHC's own script gives it

# Limits in seconds: of one check within AzNHC (its own default), of the image's download, and of all of it, which
# takes 5 to 8 minutes on a healthy machine.
CHECK_LIMIT=${AZNHC_CHECK_LIMIT:-500}
PULL_LIMIT=${AZNHC_PULL_LIMIT:-900}
LIMIT=${AZNHC_LIMIT:-1500}

main() {
  local gpus status=0
  as_root "$0" "$@"
  one_at_a_time
  gpus=$(configured gpus)
  if [[ $gpus == 0 && $(configured infiniband) != 1 ]]; then
    ended skipped "a machine of this size has neither GPUs nor InfiniBand"
  fi
  rm -rf "$WORK"
  mkdir -p "$WORK" "$LOG_FOLDER"
  docker_is_free
  if [[ -f $SCRIPTS/run-health-checks.sh ]]; then
    prepare_scripts
  else
    prepare_container
  fi
  limited "$LIMIT" bash -c "${CHECKS[@]}" >"$WORK/output" 2>&1 </dev/null || status=$?
  cat "$WORK/output" "$WORK/health.log" >"$LOG" 2>/dev/null || :
  if out_of_time "$status"; then
    remove_container
    judge "$status" "the checks did not end within $LIMIT seconds, and were stopped"
  fi
  judge "$status"
}

# docker_is_free: whether Docker answers, and nobody runs AzNHC by its own script.
docker_is_free() {
  local running
  command -v docker >/dev/null || ended unknown "Docker is not installed"
  timeout 60 docker info >"$WORK/docker" 2>&1 || ended unknown "Docker does not answer: $(reason "$WORK/docker")"
  running=$(timeout 60 docker ps --quiet --filter "name=^/?$CONTAINER\$" 2>/dev/null) || running=''
  if [[ -n $running ]]; then
    echo "a container called $CONTAINER is running already: wait for it to end" >&2
    exit "$BUSY"
  fi
  remove_container # left behind by a killed run
}

remove_container() {
  timeout 60 docker rm --force "$CONTAINER" >/dev/null 2>&1 || :
}

# have_image IMAGE: downloads it separately, so that the download doesn't look like a check that hangs.
have_image() {
  local status=0
  timeout 60 docker image inspect "$1" >/dev/null 2>&1 && return
  limited "$PULL_LIMIT" docker pull --quiet "$1" >"$WORK/pull" 2>&1 || status=$?
  ! out_of_time "$status" || ended unknown "the image $1 was not pulled within $PULL_LIMIT seconds"
  ((status == 0)) || ended unknown "the image $1 could not be pulled: $(reason "$WORK/pull")"
}

# prepare_scripts: the image's AzNHC. It writes into its own folder, so it runs from a copy. In the copy, the GPUs are
# requested as HPC images need it (issue 133 of AzNHC: --runtime=nvidia fails there). Its long options are broken.
prepare_scripts() {
  local image
  cp -a "$SCRIPTS" "$WORK/tree"
  sed -i 's/--runtime=nvidia/--gpus all/' "$WORK/tree/run-health-checks.sh"
  image=$(sed -n 's/^DOCK_IMG_NAME_NV="\([^"$]*\)".*/\1/p' "$WORK/tree/run-health-checks.sh")
  [[ -z $image ]] || have_image "$image"
  # shellcheck disable=SC2016 # the inner shell's own
  CHECKS=('cd "$0" && exec bash ./run-health-checks.sh "$@"' "$WORK/tree" -a -t "$CHECK_LIMIT" -o "$WORK/health.log")
}

# prepare_container: follows the container's documentation for use without the scripts; it finds the size itself.
prepare_container() {
  local options=(--name "$CONTAINER" --rm --net=host --privileged --cap-add SYS_ADMIN --cap-add CAP_SYS_NICE) kernel_log
  [[ $(uname -m) == x86_64 ]] || ended unknown "this image brings no AzNHC, and its container is for x86-64 alone"
  have_image "$IMAGE"
  [[ $(configured gpus) == 0 ]] || options+=(--gpus all)
  options+=(--shm-size=8g --env "TIMEOUT=$CHECK_LIMIT" --env NHC_ARGS=-a --volume /sys:/hostsys/)
  : >"$WORK/health.log"
  options+=(--volume "$WORK/health.log:/azure-nhc/output/aznhc.log")
  for kernel_log in "$LOG_FOLDER/syslog" "$LOG_FOLDER/messages"; do
    if [[ -f $kernel_log ]]; then
      options+=(--volume "$kernel_log:/azure-nhc/syslog")
      break
    fi
  done
  # shellcheck disable=SC2016 # the inner shell's own
  CHECKS=('exec docker run "$@"' docker "${options[@]}" "$IMAGE" bash -c /azure-nhc/aznhc-entrypoint.sh)
}

# judge EXIT-STATUS [STOPPED]: judges AzNHC's exit status and its log together. A fault that was named before the run was
# STOPPED is one; otherwise the result of such a run is unknown.
judge() {
  local found
  mapfile -t found < <(python3 "$HERE/health/read_aznhc.py" "$1" "$LOG")
  if [[ $# -gt 1 && ${found[0]:-} == failed ]]; then
    ended failed "${found[1]}; $2"
  elif (($# > 1)); then
    ended unknown "$2"
  fi
  ended "${found[0]:-unknown}" "${found[1]-the log could not be read}"
}

# shellcheck disable=SC2329 # called by `limited`
interrupted() {
  remove_container
  ended unknown "the checks were interrupted"
}

# ended STATUS DETAIL
ended() {
  conclude aznhc "$LOG.status" "$1" "$2"
}

main "$@"
