# shellcheck shell=bash
# Files that come through the bucket, as archives named by their content: the tool's samples, and the files
# copied from the caller's machine.

SAMPLES_LATE=$STATE_FOLDER/samples-late

step_files() {
  place_samples "$SAMPLES_PATIENCE" || : >"$SAMPLES_LATE"
  [[ -n $FILES_OBJECT ]] || return "$NOTHING_TO_DO"
  place_archive "$FILES_OBJECT" "$FILES_DESTINATION" "$STATE_FOLDER/files-extracted" "$DOWNLOAD_LIMIT"
}

# place_samples LIMIT: they belong to the notebook's user, if there is one. Nothing else needs them: an account that
# may not read them, or not yet, fails no node and delays no command.
place_samples() {
  rm -f "$SAMPLES_LATE"
  [[ -n $SAMPLES_OBJECT ]] || return 0
  place_archive "$SAMPLES_OBJECT" "$SAMPLES_DESTINATION" "$STATE_FOLDER/samples-extracted" "$1" || return
  ! id jupyter >/dev/null 2>&1 || chown -R jupyter: "$NODE_ROOT$SAMPLES_DESTINATION"
}

# finish_samples: completes it, beside the command.
finish_samples() {
  [[ ! -e $SAMPLES_LATE ]] || place_samples "$DOWNLOAD_LIMIT" >>"$LOG_FOLDER/step-files.log" 2>&1 || true
}

# place_archive OBJECT DESTINATION MARKER LIMIT: reports its failure itself, since not every caller stops at that.
place_archive() {
  local digest archive=$STATE_FOLDER/files.tar.gz
  digest=$(basename "$1" .tar.gz)
  # After a reboot the files exist already, with all changes since.
  if [[ -d $NODE_ROOT$2 && $(cat "$3" 2>/dev/null) == "$digest $2" ]]; then
    echo "already in $2"
    return
  fi

  retry "$4" storage_download "$BUCKET" "$1" "$archive" || return
  # Checked whole before anything is written, so that a broken download changes nothing.
  gzip --test "$archive" || return

  mkdir -p "$NODE_ROOT$2" || return
  tar --extract --gzip --file "$archive" --directory "$NODE_ROOT$2" \
    --preserve-permissions --no-same-owner --no-overwrite-dir || return
  printf '%s' "$digest $2" >"$3"
  rm -f "$archive"
}
