# shellcheck shell=bash
# The machine's health, looked at by the scripts in /opt, beside the command. They leave what they found in HEALTH_FACT,
# and have it reported; this step only says whether they could do their work.

HEALTH_CHECKS=$NODE_ROOT/opt/run-health-checks.sh
HEALTHY=0
UNHEALTHY=1

step_health() {
  ((GPUS)) && [[ $HEALTH_GATE != off && -e $HEALTH_CHECKS ]] || return "$NOTHING_TO_DO"
  return "$NOT_YET"
}

step_health_late() {
  local status=0
  bash "$HEALTH_CHECKS" || status=$?
  ((status == HEALTHY || status == UNHEALTHY)) && return
  echo "the health checks could not tell how this node is: they ended with status $status"
  return 1
}
