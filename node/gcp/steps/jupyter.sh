# shellcheck shell=bash
# The image's notebook: the machine itself proves that it answers.

# step_jupyter: waits only a moment, so that a slow notebook doesn't delay the command: then it returns NOT_YET.
step_jupyter() {
  [[ $NOTEBOOK == yes ]] && systemctl cat jupyter.service >/dev/null 2>&1 || return "$NOTHING_TO_DO"
  retry "$JUPYTER_PATIENCE" jupyter_answers || return "$NOT_YET"
  echo "answers at $JUPYTER_URL"
}

# step_jupyter_late waits on, once the command runs.
step_jupyter_late() {
  retry "$JUPYTER_LIMIT" jupyter_answers && return
  echo "Jupyter did not answer at $JUPYTER_URL; its service says:"
  systemctl status --no-pager --lines 10 jupyter.service || true
  return 1
}

jupyter_answers() {
  curl --fail --silent --noproxy '*' --max-time 5 --output /dev/null "$JUPYTER_URL"
}
