"""Checks that a machine is what its type promises: `machine.py <configuration> <log> <root>` prints passed, failed,
unknown or skipped, and why.

What the type promises is in the configuration: `gpus`, and in `expected` the type's name (`type`), the GPUs' `model` as
the driver names it, the NVLinks of each GPU (`nvlinks`), and the machine's local SSDs (`local_ssds`); null where nobody
has published it, and then that part is unknown. What could not be looked at is unknown as well.

  nvidia-smi --query-gpu, --query-remapped-rows: docs.nvidia.com/deploy/nvidia-smi. Uncorrectable errors are those since
    the driver was loaded; a GPU remaps rows (Ampere and later) or retires pages, and has N/A for the other
  no inactive NVLink: docs.nvidia.com/health-validation/reference/checks/nvlink, max_inactive_nvlinks (read 2026-11-30)
  the names of local SSDs: GoogleCloudPlatform/guest-configs, 65-gce-disk-naming.rules (2023-06-30)
  Xids that are no fault of the machine's: the ones of which Azure/cyclecloud-healthagent 2.0.2 warns only (2026-08-11);
    45 is a job that was ended, https://docs.nvidia.com/deploy/xid-errors
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from reason import behind, reason_in

SECONDS = 120
"""A GPU that has fallen off the bus keeps the driver waiting."""
FIELDS = ("index", "name", "driver_version", "ecc.errors.uncorrected.volatile.total", "retired_pages.pending")
HARMLESS = {13, 31, 43, 45, 63, 66, 94, 154}
XID = re.compile(r"NVRM: Xid \((?:PCI:)?([^)]*)\): (\d+)")
GPU_LINE = re.compile(r"^GPU (\d+):")
LINK = re.compile(r"^\s+Link \d+: (.*)$")
NOT_THERE = "N/A"
SHOWN = 5


@dataclass
class Look:
    """What was found so far: `faults`, what could not be told (`unknown`), and what is `fine`; `log` has it in full."""

    log: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    fine: list[str] = field(default_factory=list)

    def run(self, *command: str) -> tuple[int, str]:
        """Run a program; returns its status and what it printed, 127 where it isn't there, 124 where it hangs."""
        try:
            done = subprocess.run(command, capture_output=True, timeout=SECONDS, check=False)
            status, text = done.returncode, (done.stdout + done.stderr).decode(errors="replace")
        except FileNotFoundError:
            status, text = 127, f"{command[0]} is not installed"
        except subprocess.TimeoutExpired:
            status, text = 124, f"{command[0]} did not end within {SECONDS} seconds"
        self.log += [f"$ {' '.join(command)}", text.rstrip(), f"(status {status})", ""]
        return status, text

    def outcome(self) -> tuple[str, str]:
        if self.faults:
            return "failed", listed(self.faults)
        if self.unknown:
            return "unknown", listed(self.unknown)
        return (
            ("passed", ", ".join(self.fine)) if self.fine else ("skipped", "the type has neither GPUs nor local SSDs")
        )


def main(config: dict[str, Any], root: Path) -> Look:
    look, expected = Look(), config["expected"]
    if config["gpus"]:
        look_at_gpus(look, config["gpus"], expected)
        look_at_kernel(look)
    if config["gpus"] or expected["local_ssds"]:
        look_at_disks(look, expected, root)
    return look


def look_at_gpus(look: Look, count: int, expected: dict[str, Any]) -> None:
    status, text = look.run("nvidia-smi", f"--query-gpu={','.join(FIELDS)}", "--format=csv,noheader")
    rows = [[each.strip() for each in line.split(",")] for line in text.splitlines()]
    gpus = [dict(zip(FIELDS, row)) for row in rows if len(row) == len(FIELDS) and row[0].isdigit()]
    if not gpus and "no devices were found" not in text.lower():
        look.unknown.append(f"nvidia-smi ended with status {status}{behind(reason_in(text))}")
        return
    if len(gpus) < count:
        look.faults.append(f"{len(gpus)} of {count} GPUs are there")
    look_at_models(look, gpus, expected)
    look_at_memory(look, gpus)
    if count > 1:
        look_at_links(look, expected)


def look_at_models(look: Look, gpus: list[dict[str, str]], expected: dict[str, Any]) -> None:
    names = sorted({gpu["name"] for gpu in gpus})
    if expected["model"] is None:
        look.unknown.append(no_threshold("GPU model", expected))
    elif others := [name for name in names if expected["model"] not in re.split(r"[ -]", name)]:
        look.faults.append(f"the driver names {', '.join(others)} where {expected['model']} should be")
    drivers = sorted({gpu["driver_version"] for gpu in gpus})
    look.fine.append(f"{len(gpus)} {', '.join(names)} with driver {', '.join(drivers)}")


def look_at_memory(look: Look, gpus: list[dict[str, str]]) -> None:
    errors = {gpu["index"]: gpu["ecc.errors.uncorrected.volatile.total"] for gpu in gpus}
    if sick := [f"GPU {index}: {count}" for index, count in errors.items() if count.isdigit() and int(count)]:
        look.faults.append(f"uncorrectable memory errors (ECC): {listed(sick)}")
    if dark := [index for index, count in errors.items() if not count.isdigit()]:
        look.unknown.append(f"ECC is off, or its errors can't be read, on GPU {', '.join(dark)}")
    elif gpus and not sick:
        look.fine.append("no uncorrectable memory error")
    look_at_repairs(look, gpus)


def look_at_repairs(look: Look, gpus: list[dict[str, str]]) -> None:
    """Rows or pages of memory whose replacement is pending, or has failed."""
    query = "--query-remapped-rows=gpu_uuid,remapped_rows.pending,remapped_rows.failure"
    status, text = look.run("nvidia-smi", query, "--format=csv,noheader")
    rows = [[each.strip() for each in line.split(",")] for line in text.splitlines()]
    remapped = [row for row in rows if len(row) == 3 and row[0].startswith("GPU-")]
    if failed := [row[0] for row in remapped if row[2].lower() in ("1", "yes")]:
        look.faults.append(f"faulty rows of memory could not be replaced: {listed(failed)}")
    pending = [row[0] for row in remapped if row[1].lower() in ("1", "yes")]
    pending += [f"GPU {gpu['index']}" for gpu in gpus if gpu["retired_pages.pending"].lower() == "yes"]
    if pending:
        look.faults.append(f"faulty memory is to be replaced by a reset of the GPU or a reboot: {listed(pending)}")
    told = len(remapped) == len(gpus) and all(NOT_THERE not in row[1] for row in remapped)
    if not told and any(NOT_THERE in gpu["retired_pages.pending"] for gpu in gpus):
        look.unknown.append(
            f"whether faulty memory was replaced can't be read{behind(reason_in(text) if status else '')}"
        )


def look_at_links(look: Look, expected: dict[str, Any]) -> None:
    if expected["nvlinks"] == 0:
        return
    status, text = look.run("nvidia-smi", "nvlink", "--status")
    links: dict[str, list[bool]] = {}
    for line in text.splitlines():
        if gpu := GPU_LINE.match(line):
            current = links.setdefault(gpu[1], [])
        elif (link := LINK.match(line)) and links:
            current.append("inactive" not in link[1].lower())
    if expected["nvlinks"] is None:
        look.unknown.append(no_threshold("NVLinks", expected))
    elif status or not links:
        look.unknown.append(f"the NVLinks' state can't be read{behind(reason_in(text))}")
    elif few := [f"GPU {gpu}: {sum(each)}" for gpu, each in links.items() if sum(each) < expected["nvlinks"]]:
        look.faults.append(f"NVLinks are down ({expected['nvlinks']} on each GPU should be up): {listed(few)}")
    else:
        look.fine.append(f"{expected['nvlinks']} NVLinks on each")


def look_at_kernel(look: Look) -> None:
    """What the driver has told since the machine's start. A kernel that has said nothing at all was not heard."""
    status, text = look.run("journalctl", "--dmesg", "--boot", "--quiet", "--no-pager", "--output=short-iso")
    if status or not text.strip():
        status, text = look.run("dmesg")
    if status or not text.strip():
        look.unknown.append(f"the kernel's log can't be read{behind(reason_in(text))}")
        return
    seen: dict[str, int] = {}
    for device, number in XID.findall(text):
        if int(number) not in HARMLESS:
            seen[f"Xid {number} ({device})"] = seen.get(f"Xid {number} ({device})", 0) + 1
    if seen:
        times = [told + (f", {count} times" if count > 1 else "") for told, count in seen.items()]
        look.faults.append("the driver told of " + listed(times))
    else:
        look.fine.append("no Xid of a fault since the start")


def look_at_disks(look: Look, expected: dict[str, Any], root: Path) -> None:
    wanted = expected["local_ssds"]
    if wanted == 0:
        return
    names = [each.name for each in (root / "dev/disk/by-id").glob("google-*")]
    found = {name for name in names if re.fullmatch(r"google-local-(nvme-)?ssd-\d+", name)}
    look.log += ["/dev/disk/by-id", *sorted(names), ""]
    if wanted is None:
        look.unknown.append(no_threshold("number of local SSDs", expected))
    elif not names:
        look.unknown.append("the image doesn't name Google's disks in /dev/disk/by-id: local SSDs can't be counted")
    elif len(found) < wanted:
        look.faults.append(f"{len(found)} of {wanted} local SSDs are there")
    else:
        look.fine.append(f"{wanted} local SSDs")


def no_threshold(what: str, expected: dict[str, Any]) -> str:
    return f"{what}: no threshold known for {expected['type']}"


def listed(words: list[str]) -> str:
    more = f"; and {len(words) - SHOWN} more" if len(words) > SHOWN else ""
    return "; ".join(words[:SHOWN]) + more


if __name__ == "__main__":
    looked = main(json.loads(Path(sys.argv[1]).read_text()), Path(sys.argv[3]))
    found = looked.outcome()
    Path(sys.argv[2]).write_text("\n".join([*looked.log, ": ".join(found)]) + "\n")
    print("\n".join(" ".join(each.split()) for each in found))
