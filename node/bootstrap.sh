# shellcheck shell=bash
# The bootstrap itself: makes the plan, and runs each step in order. Everything above only defines functions.

main() {
  case ${1:-all} in
    all) bootstrap ;;
    step)
      plan_read
      "step_$2"
      ;;
    ray)
      plan_read
      serve_ray
      ;;
    slurm)
      plan_read
      watch_slurm
      ;;
    slurm-again)
      plan_read
      slurm_again
      ;;
    watch)
      plan_read
      watch_command
      ;;
    report)
      plan_read
      record_write
      upload_surely
      ;;
    unit) "unit_$2" ;; # for the machine's other units, before there is a plan
    *)
      say "unknown argument: $1"
      return 2
      ;;
  esac
}

bootstrap() {
  local name late=()

  prepare
  for name in "${REQUIRED_STEPS[@]}"; do
    run_step "$name"
    [[ $STEP_STATUS == 0 || $STEP_STATUS == "$NOTHING_TO_DO" ]] || give_up "$name"
  done
  for name in "${OPTIONAL_STEPS[@]}"; do
    run_step "$name" optional
    ((STEP_STATUS != NOT_YET)) || late+=("$name")
  done
  begin_command
  [[ $STEP_STATUS == 0 || $STEP_STATUS == "$NOTHING_TO_DO" ]] || give_up command

  # A command that has started reports itself, and that this node is ready.
  if ((STEP_STATUS == NOTHING_TO_DO)); then
    upload_surely &
  fi
  finish_samples &
  for name in "${late[@]}"; do
    finish_late "$name" &
  done
  wait
}

# finish_late STEP: completes an optional step, beside the command.
finish_late() {
  continue_step "$1" "$1_late" optional
  upload_surely
}

# prepare leaves this script, the plan and a fresh record on the disk: a step runs from there, also when
# somebody tries one again by hand.
prepare() {
  mkdir -p "$STATE_FOLDER" "$LOG_FOLDER"
  cp "${BASH_SOURCE[0]}" "$STATE_FOLDER/bootstrap.sh.new"
  mv "$STATE_FOLDER/bootstrap.sh.new" "$STATE_FOLDER/bootstrap.sh"
  plan_make
  plan_read
  record_begin
}

# give_up STEP: reports that the node has failed; later steps don't run.
give_up() {
  say "step $1 failed, see $LOG_FOLDER/step-$1.log"
  upload_surely
  exit 1
}

main "$@"
