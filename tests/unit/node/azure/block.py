"""Made-up block devices: lsblk, blkid, mdadm, mkfs, wipefs, mount and findmnt, which keep what they would have done.

A Linux without md and without NVMe can't run these (what is recorded here is what the step asks for): one file a device
below `devices`, empty for a blank one, else what blkid would say of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.unit.node.azure.kit import AzureMachine

MODEL = "Microsoft NVMe Direct Disk v2"

LSBLK = r"""
case "$*" in
  *NAME,MODEL*)
    echo 'NAME="/dev/sda" MODEL="Virtual Disk    "'
    echo 'NAME="/dev/nvme9n1" MODEL="MSFT NVMe Accelerator v1.0              "'
    cat "$NODE_ROOT/models"
    ;;
  *NAME,TYPE*) cat "$NODE_ROOT/active" 2>/dev/null || true ;;
esac
"""
# Exit status 2: nothing that is known was found, blkid(8).
BLKID = r"""
file=$NODE_ROOT/devices/${!#//\//_}
[[ -s $file ]] || exit 2
case "$*" in
  *value*) sed -n 's/^TYPE=//p' "$file" ;;
  *) cat "$file" ;;
esac
"""
MDADM = r"""
case $1 in
  --create) # what the disks held in the array's place stays there
    for each in "$@"; do
      [[ $each == /dev/nvme* ]] || continue
      printf 'LABEL=any:cluster-nvme\nTYPE=linux_raid_member\n' >"$NODE_ROOT/devices/${each//\//_}"
    done
    ;;
  --assemble) [[ ! -e $NODE_ROOT/cannot-assemble ]] || { echo "mdadm: not enough to start the array" >&2; exit 1; } ;;
esac
"""
MKFS = r"""printf 'LABEL=cluster-nvme\nTYPE=xfs\n' >"$NODE_ROOT/devices/${!#//\//_}" """
WIPEFS = r"""
for each in "$@"; do
  [[ $each != /dev/* ]] || : >"$NODE_ROOT/devices/${each//\//_}"
done
"""
MOUNT = 'touch "$NODE_ROOT/mounted"'
FINDMNT = "[[ -e $NODE_ROOT/mounted ]] && echo /dev/md127"


def with_disks(node: AzureMachine, count: int, model: str = MODEL) -> None:
    """Blank NVMe disks of the machine's own, and commands that know them."""
    (node.root / "devices").mkdir()
    lines = [f'NAME="/dev/nvme{number}n1" MODEL="{model}           "' for number in range(count)]
    (node.root / "models").write_text("".join(f"{line}\n" for line in lines))
    texts = {"lsblk": LSBLK, "blkid": BLKID, "mdadm": MDADM, "mkfs.xfs": MKFS, "wipefs": WIPEFS, "mount": MOUNT}
    for name, text in {**texts, "findmnt": FINDMNT, "udevadm": ""}.items():
        node.command(name, text)


def holds(node: AzureMachine, device: str, *lines: str) -> None:
    """The device holds what blkid tells by these lines; it is blank without any."""
    (node.root / "devices" / device.replace("/", "_")).write_text("".join(f"{line}\n" for line in lines))


def reboot(node: AzureMachine) -> None:
    """Nothing is mounted any more, nor is an array active."""
    for name in ("mounted", "active", "calls"):
        (node.root / name).unlink(missing_ok=True)


def deallocate(node: AzureMachine) -> None:
    """The machine comes back on another host: its disks are blank."""
    reboot(node)
    for device in (node.root / "devices").iterdir():
        device.write_text("")
