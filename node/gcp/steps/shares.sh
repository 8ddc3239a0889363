# shellcheck shell=bash
# Filestore's NFS shares, mounted now and at every start, by lines in fstab.

# The options of Google's own cluster tools: a process waits for a silent server, and no write fails half-way.
SHARE_OPTIONS=hard,timeo=600,retrans=3,_netdev

step_shares() {
  local i
  ((${#SHARE_SOURCES[@]})) || return "$NOTHING_TO_DO"

  mounts_begin shares
  has_nfs_client || install_nfs_client
  for i in "${!SHARE_SOURCES[@]}"; do
    mount_noted "${SHARE_SOURCES[i]}" "${SHARE_PATHS[i]}" nfs "$SHARE_OPTIONS"
    open_to_everybody "${SHARE_PATHS[i]}"
  done
}

has_nfs_client() {
  PATH=$PATH:/usr/sbin:/sbin command -v mount.nfs >/dev/null
}

install_nfs_client() {
  if [[ $(package_family) == yum ]]; then
    retry "$INSTALL_LIMIT" install_packages nfs-utils
  else
    retry "$INSTALL_LIMIT" install_packages nfs-common
  fi
}

# open_to_everybody PATH: a new share belongs to root, which is also the machines' root. Then everybody may write there,
# and nobody remove another's files. Permissions that somebody has changed since stay as they are.
# https://cloud.google.com/filestore/docs/access-control
open_to_everybody() {
  [[ $(stat --format '%u %a' "$NODE_ROOT$1") == '0 755' ]] || return 0
  chmod 1777 "$NODE_ROOT$1"
}
