# shellcheck shell=bash
# Mounts, now and at every start, by lines in fstab; and a note on each mount for the record.

MOUNTS_FILE=

# mounts_begin STEP: starts the notes of this step, which lib/record.sh puts into the record.
mounts_begin() {
  MOUNTS_FILE=$STEPS_FOLDER/$1.mounts
  : >"$MOUNTS_FILE"
}

# mount_noted SOURCE PATH TYPE OPTIONS: adds the line, mounts, and notes the outcome.
mount_noted() {
  local began outcome=ok
  began=$(clock)
  { fstab_add "$@" && mount_now "$1" "$2"; } || outcome=failed
  mount_note "$1" "$2" "$outcome" "$began"
  [[ $outcome == ok ]]
}

# mount_note SOURCE PATH OUTCOME CLOCK
mount_note() {
  printf '{"source": "%s", "path": "%s", "status": "%s", "seconds": %s}\n' \
    "$(json_escaped "$1")" "$(json_escaped "$2")" "$3" "$(seconds_since "$4")" >>"$MOUNTS_FILE"
}

# fstab_add SOURCE PATH TYPE OPTIONS: adds the line unless it exists; fails if another line has the mount point.
fstab_add() {
  local place used
  place=$(fstab_field "$2")
  # Through the environment: in a -v, awk would decode a blank's octal.
  used=$(place=$place awk '!/^[ \t]*#/ && $2 == ENVIRON["place"]' "$FSTAB") || return 1
  if [[ -z $used ]]; then
    # A last line without an end would be joined to this one, and the machine not boot again.
    [[ -z $(tail -c 1 "$FSTAB") ]] || echo >>"$FSTAB"
    printf '%s %s %s %s 0 0\n' "$1" "$place" "$3" "$4" >>"$FSTAB"
  elif [[ $(awk '{ print $1, $3 }' <<<"$used") != "$1 $3" ]]; then
    echo "$1 can't be mounted at $2, since that mount point is already used in $FSTAB by this line:"
    echo "$used"
    return 1
  fi
}

# Blanks in a path are written in octal: fstab(5).
fstab_field() {
  local path=${1//\\/\\134}
  path=${path// /\\040}
  printf '%s\n' "${path//$'\t'/\\011}"
}

# mount_now SOURCE PATH: mounts it if needed, and tries again until MOUNT_LIMIT.
mount_now() {
  mkdir -p "$NODE_ROOT$2" || return 1
  if [[ $(findmnt --noheadings --output SOURCE --mountpoint "$2" 2>/dev/null) == "$1" ]]; then
    echo "$1 is mounted at $2 already"
    return
  fi
  retry "$MOUNT_LIMIT" mount "$2" || {
    echo "$1 could not be mounted at $2"
    return 1
  }
  echo "mounted $1 at $2"
}
