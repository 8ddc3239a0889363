# shellcheck shell=bash
# The machine's NVMe disks, which cluster-disks.service has mounted earlier, and Hugging Face's cache on them.

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

# tell_cache: logins and commands over ssh find it by /etc/environment, services by systemd's own, now and after
# a reboot. Another HF_HOME that somebody has set stays.
tell_cache() {
  touch "$ENVIRONMENT"
  if ! grep -q '^HF_HOME=' "$ENVIRONMENT"; then
    echo "HF_HOME=$CACHE_FOLDER" >>"$ENVIRONMENT"
  fi
  mkdir -p "$(dirname "$SERVICES_ENVIRONMENT")"
  printf '[Manager]\nDefaultEnvironment=HF_HOME=%s\n' "$CACHE_FOLDER" >"$SERVICES_ENVIRONMENT"
  systemctl set-environment "HF_HOME=$CACHE_FOLDER"
}

# forget_cache: without the disks the cache would be on the system's disk.
forget_cache() {
  [[ -e $SERVICES_ENVIRONMENT ]] || return 0
  rm -f "$SERVICES_ENVIRONMENT"
  sed -i "\\|^HF_HOME=$CACHE_FOLDER\$|d" "$ENVIRONMENT"
  systemctl unset-environment HF_HOME
}
