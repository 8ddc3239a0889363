# shellcheck shell=bash
# The machine's health, looked at by the scripts in /opt once in its life (docs/health.md). They leave what they found in
# HEALTH_FACT, and have it reported; this step only says whether they could do their work.

HEALTH_CHECKS=$NODE_ROOT/opt/run-health-checks.sh
# Whose health HEALTH_FACT tells: an image that was made from a machine brings that machine's along.
HEALTH_OF=$STATE_FOLDER/health-of
HEALTHY=0
UNHEALTHY=1

# step_health: NOT_YET where the checks are to run beside what follows. A command of the user's may want the GPUs for
# itself, and would be slow and take the checks for slow too: it waits for them.
step_health() {
  local verdict
  forget_another_machine
  if [[ $HEALTH_GATE == off ]]; then
    echo "HEALTH_GATE=off: sudo $HEALTH_CHECKS runs the checks"
    return "$NOTHING_TO_DO"
  fi
  verdict=$(verdict_found)
  case $verdict in
    healthy | unhealthy | skipped)
      echo "looked at already: $verdict"
      return
      ;;
  esac
  rm -f "$HEALTH_FACT"
  [[ $HAS_COMMAND == yes ]] || return "$NOT_YET"
  step_health_late
}

step_health_late() {
  local status=0
  bash "$HEALTH_CHECKS" || status=$?
  ((status == HEALTHY || status == UNHEALTHY)) && return
  echo "the health checks could not tell how this node is: they ended with status $status"
  return 1
}

forget_another_machine() {
  [[ -s $HEALTH_OF && $(<"$HEALTH_OF") == "$INSTANCE_ID" ]] || rm -f "$HEALTH_FACT"
  echo "$INSTANCE_ID" >"$HEALTH_OF"
}

# verdict_found: prints the verdict of the last look, nothing where there was none.
verdict_found() {
  [[ -s $HEALTH_FACT && $(<"$HEALTH_FACT") =~ ^\{\"verdict\":\ \"([a-z]+)\" ]] || return 0
  echo "${BASH_REMATCH[1]}"
}
