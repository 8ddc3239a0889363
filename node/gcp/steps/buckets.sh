# shellcheck shell=bash
# Cloud Storage buckets mounted with gcsfuse, now and at every start, by lines in fstab.

# Everybody on the machine may use them, as with Google's own cluster tools.
MOUNT_OPTIONS=rw,_netdev,implicit_dirs,allow_other,file_mode=777,dir_mode=777

step_buckets() {
  local i
  ((${#MOUNT_BUCKETS[@]})) || return "$NOTHING_TO_DO"

  mounts_begin buckets
  command -v gcsfuse >/dev/null || install_gcsfuse
  for i in "${!MOUNT_BUCKETS[@]}"; do
    mount_noted "${MOUNT_BUCKETS[i]}" "${MOUNT_PATHS[i]}" gcsfuse "$MOUNT_OPTIONS"
  done
}

# From Google's repository; apt trusts its key only for that repository.
# https://cloud.google.com/storage/docs/cloud-storage-fuse/install
install_gcsfuse() {
  local repository=https://packages.cloud.google.com/apt key suite
  if [[ $(package_family) == yum ]]; then
    gcsfuse_yum_repository >"$NODE_ROOT/etc/yum.repos.d/gcsfuse.repo"
    retry "$INSTALL_LIMIT" install_packages gcsfuse
    return
  fi
  suite=$(gcsfuse_suite "$repository")
  mkdir -p "$NODE_ROOT/usr/share/keyrings" "$NODE_ROOT/etc/apt/sources.list.d"
  key=$NODE_ROOT/usr/share/keyrings/cloud.google.asc
  retry "$INSTALL_LIMIT" fetch "$repository/doc/apt-key.gpg" "$key"
  printf 'deb [signed-by=%s] %s %s main\n' "$key" "$repository" "$suite" >"$NODE_ROOT/etc/apt/sources.list.d/gcsfuse.list"
  retry "$INSTALL_LIMIT" apt_install gcsfuse
}

# One repository serves every release of Red Hat's family, only on x86-64.
gcsfuse_yum_repository() {
  local yum=https://packages.cloud.google.com/yum
  cat <<REPOSITORY
[gcsfuse]
name=gcsfuse
baseurl=$yum/repos/gcsfuse-el7-x86_64
enabled=1
gpgcheck=1
gpgkey=$yum/doc/yum-key.gpg $yum/doc/rpm-package-key.gpg
REPOSITORY
}

# gcsfuse_suite REPOSITORY: prints the suite of this distribution, or the nearest older one.
gcsfuse_suite() {
  local ID='' VERSION_CODENAME='' codename found
  # shellcheck source=/dev/null
  . "$NODE_ROOT/etc/os-release"
  for codename in $VERSION_CODENAME $(older_codenames "$ID"); do
    found=$(retry "$INSTALL_LIMIT" has_suite "$1/dists/gcsfuse-$codename/InRelease") || return 1
    if [[ $found == yes ]]; then
      echo "gcsfuse-$codename"
      return
    fi
  done
  echo "there is no gcsfuse for $ID $VERSION_CODENAME in $1; use an image that has it" >&2
  return 1
}

# has_suite URL: prints yes or no; fails for any other answer of the repository.
has_suite() {
  local status
  status=$(curl --silent --show-error --head --location --connect-timeout 10 --max-time 30 --output /dev/null \
    --write-out '%{http_code}' "$1") || return 1
  case $status in
    200) echo yes ;;
    404) echo no ;;
    *)
      echo "$1: HTTP $status" >&2
      return 1
      ;;
  esac
}

older_codenames() {
  case $1 in
    ubuntu) echo noble jammy focal ;;
    *) echo trixie bookworm bullseye ;;
  esac
}
