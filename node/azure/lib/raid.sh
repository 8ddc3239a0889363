# shellcheck shell=bash
# The machine's own NVMe disks as one RAID-0 with a file system, mounted at RAID_PLACE: made if the disks are blank,
# else assembled. They are blank at the first start, and again after Azure has deallocated, moved or
# healed the machine, so cluster-disks.service does this at every start. Nothing on them outlives the machine.

RAID_PLACE=/mnt/resource_nvme
RAID_NAME=cluster-nvme # the array, and the file system's label: XFS allows 12 characters
RAID_DEVICE=/dev/md/$RAID_NAME
RAID_CHUNK_KB=128
# The model of the machine's own disks. Names don't help: sizes from v6 on may start from nvme0n1.
# https://github.com/Azure/azure-vm-utils, udev/80-azure-disk.rules (2026-11-22)
DISK_MODEL='Microsoft NVMe Direct Disk'
DISKS_PATIENCE=${DISKS_PATIENCE:-60}
# Hugging Face's downloads, open to everybody. The folder exists while the disks do, and each process here knows it.
CACHE_FOLDER=$RAID_PLACE/hf_cache
[[ ! -d $NODE_ROOT$CACHE_FOLDER ]] || export HF_HOME=$CACHE_FOLDER

# unit_disks is what cluster-disks.service runs; without any disks there is nothing to do.
unit_disks() {
  local disks=() device
  if [[ -n $(raid_mounted) ]]; then
    echo "$RAID_PLACE is mounted already, from $(raid_mounted)"
  else
    find_disks
    ((${#disks[@]})) || return 0
    device=$(raid_device "${disks[@]}") || return 1
    mount_raid "$device" || return 1
  fi
  open_raid
}

# raid_mounted: prints the device that is mounted there.
raid_mounted() {
  findmnt --noheadings --output SOURCE --mountpoint "$RAID_PLACE" 2>/dev/null || true
}

# find_disks: fills `disks`. It waits for as many as the size has, and no longer than DISKS_PATIENCE.
find_disks() {
  local expected
  expected=$(config_number nvme_disks)
  RETRY_LONGEST_MS=$LOCAL_LONGEST_MS retry "$DISKS_PATIENCE" enough_disks "$expected" || true
  if ((${#disks[@]} < expected)); then
    echo "this machine shows ${#disks[@]} NVMe disks of its own; its size has $expected"
  elif ((${#disks[@]} == 0)); then
    echo "this machine has no NVMe disks of its own"
  fi
}

# enough_disks NUMBER
enough_disks() {
  mapfile -t disks < <(direct_disks)
  ((${#disks[@]} >= $1))
}

# direct_disks: prints their paths. Since v2 a version follows the model's name.
direct_disks() {
  lsblk --nodeps --noheadings --paths --pairs --output NAME,MODEL |
    sed -nE "s/^NAME=\"([^\"]+)\" MODEL=\"$DISK_MODEL( v[0-9]+)? *\"$/\\1/p"
}

# raid_device DISK...: prints the device to mount (a single disk itself), with a file system on it; it reports its work
# on stderr. Fails if a disk holds anything that isn't this tool's.
raid_device() {
  local disk device=$1 members=0 blank=0
  if (($# > 1)); then
    for disk in "$@"; do
      case $(disk_kind "$disk") in
        member) members=$((members + 1)) ;;
        blank) blank=$((blank + 1)) ;;
        *)
          foreign "$disk"
          return 1
          ;;
      esac
    done
    if ((members == $#)); then
      device=$(assembled "$@") || return 1
    else
      # A part of an array's disks holds nothing readable.
      ((members == 0)) || echo "$blank of $# disks are blank, so the array is lost and a new one is made" >&2
      created "$@" || return 1
      # Whatever it seems to hold: the remaining disks may still have the beginning of the lost file system.
      make_file_system "$RAID_DEVICE" || return 1
      device=$RAID_DEVICE
    fi
  fi
  case $(disk_kind "$device") in
    files) ;;
    blank) make_file_system "$device" || return 1 ;;
    *)
      foreign "$device"
      return 1
      ;;
  esac
  printf '%s\n' "$device"
}

# foreign DEVICE: reports that it was left alone.
foreign() {
  echo "$1 holds something else ($(disk_kind "$1")), so none of the disks was touched" >&2
}

# disk_kind DEVICE: prints `member` for a part of the array, `files` for the file system (both by their names), `blank`,
# or another word.
disk_kind() {
  local found status=0 type
  found=$(blkid --probe --output export "$1") || status=$?
  if ((status == 2)); then
    echo blank
    return
  fi
  type=$(sed -n 's/^\(PT\)\{0,1\}TYPE=//p' <<<"$found")
  if [[ $type == linux_raid_member ]] && grep -Eq "^LABEL=([^:]+:)?$RAID_NAME$" <<<"$found"; then
    echo member
  elif grep -q "^LABEL=$RAID_NAME$" <<<"$found" && [[ $type != linux_raid_member ]]; then
    echo files
  else
    echo "${type:-blkid ended with status $status}"
  fi
}

# assembled DISK...: prints the array's device; udev may have assembled it already, under a name of its own.
assembled() {
  local device
  device=$(array_of "$1")
  if [[ -z $device ]]; then
    mdadm --assemble "$RAID_DEVICE" --homehost any "$@" >&2 || return 1
    device=$RAID_DEVICE
  fi
  echo "assembled $device of $# disks" >&2
  printf '%s\n' "$device"
}

# created DISK...: makes a new array, RAID_DEVICE. udev may have begun to assemble the rest of a lost one, and hold its
# disks.
created() {
  local device
  for device in $(lsblk --noheadings --raw --paths --output NAME,TYPE "$@" | awk '$1 ~ "^/dev/md" { print $1 }' | sort -u); do
    mdadm --stop "$device" >&2 || return 1
  done
  wipefs --all --quiet "$@" >&2 || return 1
  mdadm --create "$RAID_DEVICE" --run --level 0 --chunk "$RAID_CHUNK_KB" --metadata 1.2 --name "$RAID_NAME" \
    --homehost any --raid-devices $# "$@" >&2 || return 1
  udevadm settle --timeout 30 >&2 || true
  echo "made $RAID_DEVICE of $# disks" >&2
}

# array_of DISK: prints the array that uses it.
array_of() {
  lsblk --noheadings --raw --paths --output NAME,TYPE "$1" | awk '$2 ~ /^raid/ { print $1; exit }'
}

# make_file_system DEVICE: without discarding, which takes minutes and which new disks don't need.
make_file_system() {
  if command -v mkfs.xfs >/dev/null; then
    mkfs.xfs -q -f -K -L "$RAID_NAME" "$1" >&2
  else
    mkfs.ext4 -q -F -E nodiscard -L "$RAID_NAME" "$1" >&2
  fi || return 1
  echo "made a file system on $1" >&2
}

# mount_raid DEVICE: with a line in fstab, for a mount by hand. The unit mounts it, and no start of the machine
# waits for disks that may be gone.
mount_raid() {
  local type
  type=$(blkid --probe --output value --match-tag TYPE "$1") || return 1
  fstab_add "LABEL=$RAID_NAME" "$RAID_PLACE" "$type" nofail,noauto,x-systemd.device-timeout=10 || return 1
  mkdir -p "$NODE_ROOT$RAID_PLACE" || return 1
  # udev may not know the label yet.
  retry 30 mount "$RAID_PLACE" || return 1
  echo "mounted $1 at $RAID_PLACE"
}

# open_raid: everybody may write there, and nobody remove another's files.
open_raid() {
  mkdir -p "$NODE_ROOT$CACHE_FOLDER" && chmod 1777 "$NODE_ROOT$RAID_PLACE" "$NODE_ROOT$CACHE_FOLDER"
}
