# shellcheck shell=bash
# The machine's health, which the scripts in /opt check once in its life (docs/health.md). They write their findings to
# HEALTH_FACT, and report them; this step only says whether they could do their work.

HEALTH_CHECKS=$NODE_ROOT/opt/run-health-checks.sh
# The instance that HEALTH_FACT is about: an image made from a machine contains that machine's.
HEALTH_OF=$STATE_FOLDER/health-of
HEALTHY=0
UNHEALTHY=1

# step_health: returns NOT_YET if the checks may run beside the later steps. A user's command may need the GPUs for
# itself, and it and the checks would slow each other down: so it waits for them.
step_health() {
  local verdict
  place_programs
  forget_another_machine
  if [[ $HEALTH_GATE == off ]]; then
    echo "HEALTH_GATE=off: sudo $HEALTH_CHECKS runs the checks"
    return "$NOTHING_TO_DO"
  fi
  verdict=$(verdict_found)
  case $verdict in
    healthy | unhealthy | skipped)
      echo "already checked: $verdict"
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
  echo "the health checks could not judge this node: they ended with status $status"
  return 1
}

forget_another_machine() {
  [[ -s $HEALTH_OF && $(<"$HEALTH_OF") == "$INSTANCE_ID" ]] || rm -f "$HEALTH_FACT"
  echo "$INSTANCE_ID" >"$HEALTH_OF"
}

# verdict_found: prints the verdict of the last check, or nothing.
verdict_found() {
  [[ -s $HEALTH_FACT && $(<"$HEALTH_FACT") =~ ^\{\"verdict\":\ \"([a-z]+)\" ]] || return 0
  echo "${BASH_REMATCH[1]}"
}
