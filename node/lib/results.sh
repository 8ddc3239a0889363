# shellcheck shell=bash
# What the user's command leaves comes home where a run waits for it: by an object that the tool writes beforehand, the
# machine knows what is asked for. It uploads the command's output as nodes/output/<name>.log, and what RESULTS_DIR holds
# as nodes/results/<name>.tar.gz, with its own identity; the record says what is there (docs/node-status.md).

RESULTS_MOST=${RESULTS_MOST:-2147483648} # bytes of the files in RESULTS_DIR
OUTPUT_MOST=${OUTPUT_MOST:-67108864}     # bytes of output, the last ones
RESULTS_LIMIT=${RESULTS_LIMIT:-600}      # seconds for an upload
WISH_LIMIT=${WISH_LIMIT:-30}             # seconds for the object: a cluster that an older version made has none

# bring_results LOG: uploads them, and leaves in command.results what the record says of it. What can't be done is a
# note there, and fails nothing.
bring_results() {
  local wish=$STATE_FOLDER/results.json asked=no folder='' output=null size=null left_out=0 note=''
  rm -f "$STEPS_FOLDER/command.results"
  retry "$WISH_LIMIT" storage_download "$BUCKET" "$DEPLOYMENT/files/results.json" "$wish" || return 0
  # shellcheck source=/dev/null
  . <(results_asked "$wish")
  [[ $asked == yes ]] || return 0
  bring_output "$1"
  [[ -z $folder ]] || bring_folder "$NODE_ROOT$folder"
  printf '{"output": %s, "folder": %s, "left_out": %s, "note": "%s"}' \
    "$output" "$size" "$left_out" "$(json_escaped "${note#; }")" >"$STEPS_FOLDER/command.results"
}

# results_asked FILE: prints assignments of `asked` and `folder`, quoted.
results_asked() {
  python3 - "$1" <<'PYTHON'
import json
import shlex
import sys

with open(sys.argv[1], encoding="utf-8") as file:
    wish = json.load(file)
print("asked=" + ("yes" if wish["asked"] else "no"))
print("folder=" + shlex.quote(wish["folder"]))
PYTHON
}

# bring_output LOG: sets output and left_out, or adds to note.
bring_output() {
  local copy=$STATE_FOLDER/command-output whole
  whole=$(stat --format=%s "$1")
  left_out=$((whole > OUTPUT_MOST ? whole - OUTPUT_MOST : 0))
  tail -c "$OUTPUT_MOST" "$1" >"$copy"
  if retry "$RESULTS_LIMIT" storage_put "$BUCKET" "$DEPLOYMENT/nodes/output/$NODE_NAME.log" "$copy"; then
    output=$(stat --format=%s "$copy")
  else
    note+="; the output could not be uploaded"
  fi
  rm -f "$copy"
}

# bring_folder FOLDER: sets size, or adds to note.
bring_folder() {
  local archive=$STATE_FOLDER/results.tar.gz bytes status=0
  if [[ ! -d $1 ]]; then
    note+="; there is no folder $1"
    return
  fi
  bytes=$(du --summarize --bytes -- "$1" | cut -f 1)
  if ((bytes > RESULTS_MOST)); then
    note+="; $1 was not fetched: it holds $bytes bytes, more than $RESULTS_MOST"
    return
  fi
  # tar ends with 1 where a file has changed while it was read, or has gone.
  tar --create --gzip --file "$archive" --directory "$1" . || status=$?
  if ((status <= 1)) && retry "$RESULTS_LIMIT" storage_put "$BUCKET" "$DEPLOYMENT/nodes/results/$NODE_NAME.tar.gz" "$archive"; then
    size=$(stat --format=%s "$archive")
  else
    note+="; $1 could not be uploaded"
  fi
  rm -f "$archive"
}
