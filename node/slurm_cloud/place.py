"""Which machine this is, and where its cluster's files lie: what the bootstrap has found out (node/steps/slurm.sh)."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, fields
from typing import Any

from node.machine.programs import Failure, reason

ROOT = os.environ.get("NODE_ROOT", "")
"""The folder that stands for / where the program is tried out on a machine that isn't a node."""

STATE_FOLDER = f"{ROOT}/var/lib/cluster"
LOG_FOLDER = f"{ROOT}/var/log/cluster"
PLACE_FILE = f"{STATE_FOLDER}/slurm-machine.json"
FACT_FILE = f"{STATE_FOLDER}/slurm.json"
"""What becomes the record's "slurm"."""
NOTES_FILE = f"{STATE_FOLDER}/slurm-notes.json"
"""What couldn't be done on this machine and fails nothing: a list of texts."""
CLUSTER_COPY = f"{STATE_FOLDER}/slurm-cluster.json"
"""The description that this machine has applied."""
JOINED = f"{ROOT}/run/cluster-slurm-joined"
"""There once the machine has joined since its start."""
PROOF_FILE = f"{STATE_FOLDER}/slurm-proof.json"
DATA = f"{ROOT}/srv/cluster"
"""The controller's data disk."""

CONTROLLER, LOGIN, NODE = "controller", "login", "node"


@dataclass(frozen=True)
class Place:
    """`part` is controller, login or node, `name` the machine's name in the cloud. `bucket` is a container on Azure,
    where `account` has it and `identity`, a resource's id, opens it; both are empty on Google Cloud. `address` is the
    machine's own in the cluster's network."""

    cloud: str
    part: str
    name: str
    controller: str
    bucket: str
    deployment: str
    account: str = ""
    identity: str = ""
    address: str = ""


def read_place(path: str = PLACE_FILE) -> Place:
    """Read the file. Raises OSError or ValueError where it isn't there or of another form."""
    with open(path, encoding="utf-8") as file:
        given = json.load(file)
    return Place(**{each.name: str(given.get(each.name) or "") for each in fields(Place)})


def write_json(path: str, value: object, mode: int = 0o644) -> None:
    """Put a file in place of what is there, all at once, and so that it outlives a loss of power."""
    fresh = f"{path}.new"
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w", encoding="utf-8") as file:
        json.dump(value, file, sort_keys=True)
        file.flush()
        os.fsync(file.fileno())
    os.replace(fresh, path)


def read_kept_json(path: str) -> dict[str, Any] | None:
    """What a file of ours keeps; None where there is none yet.

    Raises Failure for one that can't be read or isn't whole: who took it for empty would write over it.
    """
    try:
        with open(path, encoding="utf-8") as file:
            found = json.load(file)
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as failure:
        raise Failure(f"{path} can't be read, and is left as it is: {reason(failure)}") from None
    if not isinstance(found, dict):
        raise Failure(f"{path} holds no object, and is left as it is")
    return found


def read_json(path: str) -> object:
    """What a file holds; None where there is none, or one that can't be read as JSON."""
    try:
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    except (OSError, ValueError):
        return None
