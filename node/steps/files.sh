# shellcheck shell=bash
# Files that were copied from the caller's machine through the bucket, as one archive named after what is in it.

step_files() {
  local digest archive marker=$STATE_FOLDER/files-extracted
  [[ -n $FILES_OBJECT ]] || return "$NOTHING_TO_DO"

  digest=$(basename "$FILES_OBJECT" .tar.gz)
  # After a reboot the files are there already, with whatever was changed in them since.
  if [[ -d $NODE_ROOT$FILES_DESTINATION && $(cat "$marker" 2>/dev/null) == "$digest $FILES_DESTINATION" ]]; then
    echo "already in $FILES_DESTINATION"
    return
  fi

  archive=$STATE_FOLDER/files.tar.gz
  retry "$DOWNLOAD_LIMIT" storage_download "$BUCKET" "$FILES_OBJECT" "$archive"
  # Checked whole before anything is written, so that a broken download changes nothing.
  gzip --test "$archive"

  mkdir -p "$NODE_ROOT$FILES_DESTINATION"
  tar --extract --gzip --file "$archive" --directory "$NODE_ROOT$FILES_DESTINATION" \
    --preserve-permissions --no-same-owner --no-overwrite-dir
  printf '%s' "$digest $FILES_DESTINATION" >"$marker"
  rm -f "$archive"
}
