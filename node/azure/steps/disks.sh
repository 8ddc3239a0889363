# shellcheck shell=bash
# The machine's NVMe disks, which cluster-disks.service has mounted before; and Hugging Face's cache on them.

ENVIRONMENT=$NODE_ROOT/etc/environment
SERVICES_ENVIRONMENT=$NODE_ROOT/etc/systemd/system.conf.d/cluster-cache.conf

step_disks() {
  local began
  began=$(clock)
  mounts_begin disks
  unit_disks || {
    mount_note "LABEL=$RAID_NAME" "$RAID_PLACE" failed "$began"
    forget_cache
    return 1
  }
  if [[ -z $(raid_mounted) ]]; then
    forget_cache
    return "$NOTHING_TO_DO"
  fi
  mount_note "$(raid_mounted)" "$RAID_PLACE" ok "$began"
  tell_cache
}

# tell_cache: logins and commands over ssh find it by /etc/environment, services by systemd's own, from now on and after
# a reboot. Where somebody has set HF_HOME to something else, that holds.
tell_cache() {
  touch "$ENVIRONMENT"
  if ! grep -q '^HF_HOME=' "$ENVIRONMENT"; then
    echo "HF_HOME=$CACHE_FOLDER" >>"$ENVIRONMENT"
  fi
  mkdir -p "$(dirname "$SERVICES_ENVIRONMENT")"
  printf '[Manager]\nDefaultEnvironment=HF_HOME=%s\n' "$CACHE_FOLDER" >"$SERVICES_ENVIRONMENT"
  systemctl set-environment "HF_HOME=$CACHE_FOLDER"
}

# forget_cache: without the disks it would lie on the system's own.
forget_cache() {
  [[ -e $SERVICES_ENVIRONMENT ]] || return 0
  rm -f "$SERVICES_ENVIRONMENT"
  sed -i "\\|^HF_HOME=$CACHE_FOLDER\$|d" "$ENVIRONMENT"
  systemctl unset-environment HF_HOME
}
