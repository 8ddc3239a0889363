# shellcheck shell=bash
# Cloud Storage buckets mounted with gcsfuse, now and at every start, by lines in fstab.

# Everybody on the machine may use them, as Google's own cluster tools have it.
MOUNT_OPTIONS=rw,_netdev,implicit_dirs,allow_other,file_mode=777,dir_mode=777

step_buckets() {
  local i
  ((${#MOUNT_BUCKETS[@]})) || return "$NOTHING_TO_DO"

  command -v gcsfuse >/dev/null || install_gcsfuse
  for i in "${!MOUNT_BUCKETS[@]}"; do
    add_to_fstab "${MOUNT_BUCKETS[i]}" "${MOUNT_PATHS[i]}"
    mount_bucket "${MOUNT_BUCKETS[i]}" "${MOUNT_PATHS[i]}"
  done
}

# add_to_fstab BUCKET PATH: adds the line unless it is there; fails where the mount point is another line's.
add_to_fstab() {
  local place used
  place=$(fstab_field "$2")
  # Through the environment: awk would read the octal of a blank as the blank itself in a -v.
  used=$(place=$place awk '!/^[ \t]*#/ && $2 == ENVIRON["place"]' "$FSTAB")
  if [[ -z $used ]]; then
    printf '%s %s gcsfuse %s 0 0\n' "$1" "$place" "$MOUNT_OPTIONS" >>"$FSTAB"
  elif [[ $(awk '{ print $1, $3 }' <<<"$used") != "$1 gcsfuse" ]]; then
    echo "gs://$1 can't be mounted at $2, since that mount point is already used in $FSTAB by this line:"
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

# mount_bucket BUCKET PATH
mount_bucket() {
  mkdir -p "$NODE_ROOT$2"
  if [[ $(findmnt --noheadings --output SOURCE --mountpoint "$2" 2>/dev/null) == "$1" ]]; then
    echo "gs://$1 is mounted at $2 already"
    return
  fi
  retry "$MOUNT_LIMIT" mount "$2"
  echo "mounted gs://$1 at $2"
}

# From Google's repository, whose key is trusted for that repository alone.
# https://cloud.google.com/storage/docs/cloud-storage-fuse/install
install_gcsfuse() {
  local repository=https://packages.cloud.google.com/apt key suite
  suite=$(gcsfuse_suite "$repository")
  mkdir -p "$NODE_ROOT/usr/share/keyrings" "$NODE_ROOT/etc/apt/sources.list.d"
  key=$NODE_ROOT/usr/share/keyrings/cloud.google.asc
  retry "$INSTALL_LIMIT" curl --fail --silent --show-error --location --max-time 60 --output "$key" "$repository/doc/apt-key.gpg"
  printf 'deb [signed-by=%s] %s %s main\n' "$key" "$repository" "$suite" >"$NODE_ROOT/etc/apt/sources.list.d/gcsfuse.list"
  retry "$INSTALL_LIMIT" apt_install gcsfuse
}

# Another process, such as the machine's own upgrades, may hold the lock of packages.
apt_install() {
  DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 -q update &&
    DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 -q -y install --no-install-recommends "$@"
}

# gcsfuse_suite REPOSITORY: prints the suite of this distribution, or the nearest older one that there is.
gcsfuse_suite() {
  local ID='' VERSION_CODENAME='' codename
  # shellcheck source=/dev/null
  . "$NODE_ROOT/etc/os-release"
  for codename in $VERSION_CODENAME $(older_codenames "$ID"); do
    if curl --fail --silent --head --location --max-time 30 --output /dev/null "$1/dists/gcsfuse-$codename/InRelease"; then
      echo "gcsfuse-$codename"
      return
    fi
  done
  echo "there is no gcsfuse for $ID $VERSION_CODENAME in $1; use an image that has it" >&2
  return 1
}

older_codenames() {
  case $1 in
    ubuntu) echo noble jammy focal ;;
    *) echo trixie bookworm bullseye ;;
  esac
}
