# shellcheck shell=bash
# Filestore's NFS shares, mounted now and at every start, by lines in fstab.

# As Google's own cluster tools have it: what waits for the server goes on waiting, and never fails half written.
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

# open_to_everybody PATH: a new share is its root's alone, who the machines' root is too. Everybody may write there then,
# and nobody remove what is another's. Whatever somebody has made of it since is left as it is.
# https://cloud.google.com/filestore/docs/access-control
open_to_everybody() {
  [[ $(stat --format '%u %a' "$NODE_ROOT$1") == '0 755' ]] || return 0
  chmod 1777 "$NODE_ROOT$1"
}
