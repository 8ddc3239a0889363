# shellcheck shell=bash
# The user's command, byte for byte: bash runs it as root in a systemd unit of its own, so that
# neither it nor the services that it starts end with the bootstrap. Its output stays on this machine, except
# the last lines of a command that failed, and where a run that waits for it fetches all of it (node/lib/results.sh).

COMMAND_UNIT=cluster-startup-command.service
UNITS_FOLDER=$NODE_ROOT/run/systemd/system
COMMAND_FILE=$STATE_FOLDER/startup-command
COMMAND_LOG=$LOG_FOLDER/startup-command.log
ENVIRONMENT_FILE=$STATE_FOLDER/environment

# begin_command starts it. From then on the unit keeps the record; until then, and without a command, this does.
begin_command() {
  step_process command
  case $STEP_STATUS in
    0) say "step command: started, see $COMMAND_LOG" ;;
    "$NOTHING_TO_DO")
      record_step command skipped 0 ''
      say "step command: skipped"
      ;;
    *) record_step command failed 0 "$LOG_FOLDER/step-command.log" ;;
  esac
}

step_command() {
  local status=0
  rm -f "$COMMAND_FILE"
  (umask 077 && : >"$COMMAND_FILE" && declare -px >"$ENVIRONMENT_FILE")
  [[ -z $RAY_PORT ]] || sed 's/^/export /' "$RAY_ENVIRONMENT" >>"$ENVIRONMENT_FILE"
  command_save "$COMMAND_FILE" || status=$?
  if ((status == NO_SUCH_VALUE)); then
    return "$NOTHING_TO_DO"
  fi
  ((status == 0))
  command_parses || return 1

  # A unit in /run disappears with the boot: only a bootstrap starts it.
  mkdir -p "$UNITS_FOLDER"
  command_unit >"$UNITS_FOLDER/$COMMAND_UNIT"
  systemctl daemon-reload
  systemctl restart "$COMMAND_UNIT"
}

# command_parses: whether bash can read the command at all. Bash itself would print the whole line that it can't read,
# and the last lines of a failed command leave the machine: this prints only the line's number.
command_parses() {
  local said line=''
  said=$(LC_ALL=C bash -n "$COMMAND_FILE" 2>&1) && return
  # Bash parses patterns such as !(x) only after `shopt -s extglob`, which -n doesn't run.
  if grep -q 'shopt .*extglob' "$COMMAND_FILE"; then
    said=$(LC_ALL=C bash -n -O extglob "$COMMAND_FILE" 2>&1) && return
  fi
  [[ ! $said =~ line\ ([0-9]+): ]] || line=" at line ${BASH_REMATCH[1]}"
  echo "bash can't read STARTUP_COMMAND: syntax error$line; nothing of it was run"
  return 1
}

# KillMode: the command's background processes outlive it. OOMPolicy: a process that is killed for
# its memory does not end the others. TasksMax: training starts more threads than a service may by default.
command_unit() {
  cat <<UNIT
[Unit]
Description=The cluster's startup command

[Service]
ExecStart=/bin/bash -c ". $ENVIRONMENT_FILE && exec /bin/bash $STATE_FOLDER/bootstrap.sh watch"
WorkingDirectory=${NODE_ROOT:-/}
KillMode=process
OOMPolicy=continue
TasksMax=infinity
UNIT
}

# The unit runs watch_command: it runs the command, and writes its end into the record.
watch_command() {
  local began status=0 command uploads
  began=$(clock)
  [[ ! -e $COMMAND_LOG ]] || mv -f "$COMMAND_LOG" "$COMMAND_LOG.previous"
  (umask 027 && : >"$COMMAND_LOG")
  set -m # the command leads a process group, so that all of it can be stopped
  bash "$COMMAND_FILE" >"$COMMAND_LOG" 2>&1 </dev/null &
  command=$!
  set +m
  # A machine that shuts down stops the command; that is no failure, and nothing is recorded.
  trap 'kill -TERM -- "-$command" 2>/dev/null; exit 143' TERM

  record_step command running 0 ''
  upload_surely &
  uploads=$!
  wait "$command" || status=$?
  kill "$uploads" 2>/dev/null || true
  wait "$uploads" 2>/dev/null || true
  bring_results "$COMMAND_LOG" >>"$LOG_FOLDER/results.log" 2>&1 || true

  if ((status == 0)); then
    record_step command ok "$(seconds_since "$began")" ''
  else
    command_tail "$status" >"$STATE_FOLDER/command-tail"
    record_step command failed "$(seconds_since "$began")" "$STATE_FOLDER/command-tail"
  fi
  upload_surely
  return "$status"
}

# command_tail STATUS. awk ends the last line, if the command did not.
command_tail() {
  tail -n 19 "$COMMAND_LOG" | awk 1
  echo "the startup command ended with status $1"
}
