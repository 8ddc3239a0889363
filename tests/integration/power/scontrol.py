"""scontrol and squeue of a Slurm without slurmctld: nodes are words in a file, which updates change as Slurm does.

It is started hundreds of times, without packages, and without pathlib, which takes longer to import than all the rest.
"""

# ruff: noqa: PTH105, PTH118, PTH123

import fcntl
import json
import os
import sys

OFF = ["idle", "cloud", "drain", "powered_down"]
STARTING, STOPPING = ["idle", "cloud", "powering_up"], ["idle", "cloud", "powering_down"]


def main(folder, words):
    if words[:1] == ["squeue"] or words[1].startswith("jobid="):
        return 0
    with open(os.path.join(folder, "lock"), "a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with open(os.path.join(folder, "nodes.json")) as file:
            nodes = json.load(file)
        if "show" in words:
            for name, (state, reason) in nodes.items():
                why = f" Reason={reason} [root@2026-01-01T00:00:00]" if reason else ""
                print(f"NodeName={name} State={'+'.join(state).upper()}{why}")
            return 0
        given = dict(each.split("=", 1) for each in words[1:])
        for name in expanded(given["nodename"]):
            nodes[name] = updated(nodes[name], given)
        with open(os.path.join(folder, "nodes.new"), "w") as file:
            json.dump(nodes, file)
        os.replace(os.path.join(folder, "nodes.new"), os.path.join(folder, "nodes.json"))
    return 0


def updated(node, given):
    (base, *flags), reason = node
    wanted = given["state"]
    if wanted == "drain":
        return [[base, *(f for f in flags if f != "drain"), "drain"], given["reason"]]
    if wanted == "resume":
        return [["idle" if base == "down" else base, *(f for f in flags if f != "drain")], ""]
    if wanted == "down":
        return [["down", *flags], given["reason"]]
    if wanted == "power_up" and "powered_down" in flags:
        return [STARTING, ""]
    if wanted.startswith("power_down") and "powered_down" not in flags:
        return [STOPPING, reason]
    return node


def expanded(text):
    """The nodes of a list as the power program writes it: a-[1-3,5],b-2."""
    depth, part, parts = 0, "", []
    for letter in text + ",":
        depth += {"[": 1, "]": -1}.get(letter, 0)
        if letter == "," and not depth:
            parts.append(part)
            part = ""
        else:
            part += letter
    for each in filter(None, parts):
        prefix, found, numbers = each.partition("[")
        if not found:
            yield each
            continue
        for span in numbers.rstrip("]").split(","):
            first, _, last = span.partition("-")
            for number in range(int(first), int(last or first) + 1):
                yield f"{prefix}{number:0{len(first)}}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
