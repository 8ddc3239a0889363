# shellcheck shell=bash
# Runs steps. Each runs in a process of its own, where `set -e` always applies.

STEP_STATUS=

# run_step NAME [optional]: runs step_NAME and notes the outcome in the record; its exit status is in STEP_STATUS.
run_step() {
  record_step "$1" running 0 '' "${2:-}"
  upload_soon
  continue_step "$1" "$1" "${2:-}"
}

# continue_step NAME FUNCTION [optional]: the same for the step NAME that has begun, with step_FUNCTION.
continue_step() {
  local began outcome tail_file=''
  began=$(clock)
  step_process "$2"
  case $STEP_STATUS in
    0) outcome=ok ;;
    "$NOTHING_TO_DO")
      outcome=skipped
      # A step that found a reason to do nothing has printed it.
      [[ ! -s $LOG_FOLDER/step-$2.log ]] || tail_file=$LOG_FOLDER/step-$2.log
      ;;
    "$NOT_YET") outcome=running ;;
    *)
      outcome=failed
      tail_file=$LOG_FOLDER/step-$2.log
      ;;
  esac
  record_step "$1" "$outcome" "$(seconds_since "$began")" "$tail_file" "${3:-}"
  say "step $1: $outcome"
}

# step_process FUNCTION: runs step_FUNCTION, with its output in step-FUNCTION.log; its exit status is in STEP_STATUS.
step_process() {
  STEP_STATUS=0
  bash "$STATE_FOLDER/bootstrap.sh" step "$1" >"$LOG_FOLDER/step-$1.log" 2>&1 </dev/null || STEP_STATUS=$?
}

# milliseconds since 1970
clock() {
  date +%s%3N
}

# seconds_since CLOCK: prints seconds, to a millisecond.
seconds_since() {
  local ms=$(($(clock) - $1))
  printf '%d.%03d\n' $((ms / 1000)) $((ms % 1000))
}
