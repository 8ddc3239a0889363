"""What CONFIG_FILE, the CycleCloud cluster's config.yaml, sets in the place of parameters. The env file wins.

Keys and what is required: github.com/vanzod/ccslurm4ai, config.yaml and scripts/validate_config.sh, read 2026-11-30.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cluster_provision.settings.edit_distance import edits
from cluster_provision.settings.given import FromFile, Given
from cluster_provision.settings.readers.azure.config_yaml import config_yaml
from cluster_provision.settings.readers.azure.names import SUBSCRIPTION
from cluster_provision.settings.readers.azure.tags import Tags
from cluster_provision.settings.readers.slurm.cloud_partitions import CloudPartitions
from cluster_provision.settings.reading import BadValue, folded, shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from cluster_provision.settings.given import Environment
    from cluster_provision.settings.parameter import Parameter
    from cluster_provision.settings.readers.azure.config_yaml import ConfigYaml

FILE = "CONFIG_FILE"
LONGEST_SUBSCRIPTION_NAME = 64


@dataclass(frozen=True)
class _Key:
    """`sets` are the parameters that take the key's place, the first of which it sets."""

    sets: tuple[str, ...]
    required: bool = False


_KEYS = {
    "region": _Key(("location",), required=True),
    "subscription_name": _Key(("subscription_id",), required=True),
    "resource_group_name": _Key(("resource_group",), required=True),
    "hpc_sku": _Key(("sku",), required=True),
    "hpc_max_core_count": _Key(("hpc_max_core_count", "max_nodes"), required=True),
    "hpc_max_num_vms": _Key(("hpc_max_num_vms",)),
    "resource_group_tags": _Key(("tags",)),
    "monitor_tags": _Key(()),
}
_OF_TAGS = ("resource_group_tags", "monitor_tags")
_SEEDS_SKUS = ("standard_nd96isr_h100_v5", "standard_nd96amsr_a100_v4", "standard_nd96asr_v4")
# What the CycleCloud cluster had without a parameter for it.
_LOGIN_NODES = "3"
_MONITORING = "managed"
_SURROUNDINGS = {
    "shared_storage": ("anf", "homes are on Azure NetApp Files (SHARED_STORAGE)"),
    "key_vault": ("yes", "a Key Vault keeps the cluster's secrets (KEY_VAULT)"),
    "accounting": ("mysql", "accounting is on Azure Database for MySQL (ACCOUNTING)"),
}
_PARTITIONS = "a further partition is one of PARTITIONS"
_ELSEWHERE = {"htc_sku": _PARTITIONS, "dynamic_sku": _PARTITIONS}


def config_file(environment: Environment, parameters: Mapping[str, Parameter], orchestrator: str) -> FromFile:
    """Return what the file sets where the environment doesn't; nothing without a file, or with a file that is bad.

    `parameters` are Azure's, by name.
    """
    given = environment.given.get("config_file")
    if given is None or orchestrator != "slurm":
        return FromFile()
    unread = FromFile(bad=frozenset({"location", "subscription_id"}))
    try:
        path: Path = given.parameter.declaration.reader.read(given.text)
        return _Reading(environment, parameters, config_yaml(path.read_text("utf-8-sig"))).result()
    except (BadValue, OSError):
        return unread  # the reader itself reports it


class _Reading:
    def __init__(self, environment: Environment, parameters: Mapping[str, Parameter], config: ConfigYaml) -> None:
        self._environment = environment
        self._parameters = parameters
        self._config = config
        self._given: dict[str, Given] = {}
        self._fields: dict[str, Any] = {}
        self._problems: list[str] = []
        self._notes: list[str] = []
        self._bad: set[str] = set()
        self._excused: set[str] = set()

    def result(self) -> FromFile:
        config = self._config
        if config.documents > 1:
            self._problems.append(f"{FILE} holds {config.documents} documents; give a file with one")
        self._problems += [f"{FILE}: {shown(key)} stands there twice; write it once" for key in config.doubles]
        for key, known in _KEYS.items():
            self._read(key, known)
        self._strangers()
        self._as_cyclecloud()
        return FromFile(
            self._given,
            self._fields,
            tuple(self._problems),
            tuple(self._notes),
            frozenset(self._bad),
            frozenset(self._excused),
        )

    def _read(self, key: str, known: _Key) -> None:
        value = self._config.values.get(key, "")
        winner = next(
            (self._environment.given[field] for field in known.sets if field in self._environment.given), None
        )
        if value in ("", {}):
            if known.required and winner is None:
                self._missing(key, known)
        elif key in _OF_TAGS:
            self._tags(key, value, winner)
        elif not isinstance(value, str):
            self._problems.append(f"{FILE}: {key} is a list or a map; write a word or a number")
            self._bad.update(known.sets)
        elif winner is not None:
            if folded(winner.written) != folded(value):
                self._notes.append(f"{FILE}: {key}={shown(value)} isn't used, since the env file sets {winner.subject}")
        elif key == "subscription_name":
            self._subscription(value)
        else:
            self._set(known.sets[0], f"{FILE}: {key}", value.strip())
            if key == "hpc_sku" and folded(value.strip()) not in _SEEDS_SKUS:
                self._notes.append(
                    f"{FILE}: hpc_sku={shown(value)} is none of the sizes that the CycleCloud cluster took; this tool "
                    "takes every size that it knows"
                )

    def _missing(self, key: str, known: _Key) -> None:
        near = next((each for each in self._unknown() if _is_near(each, key)), "")
        meant = f" ({shown(near)} is there: is it meant?)" if near else ""
        is_null = "is null" if key in self._config.values else "is missing"
        instead = " or ".join(field.upper() for field in known.sets)
        self._problems.append(f"{FILE}: {key} {is_null}{meant}; write it there, or set {instead} in the env file")
        self._bad.update(known.sets)

    def _tags(self, key: str, value: str | Mapping[str, str] | None, winner: Given | None) -> None:
        if not isinstance(value, dict):
            self._problems.append(f"{FILE}: {key} is no dictionary; write a line name: value for each tag")
        elif winner is not None:
            self._notes.append(f"{FILE}: {key} isn't used, since the env file sets {winner.name}")
        elif key == "monitor_tags":
            try:
                self._fields["monitor_tags"] = Tags().read(Tags().show(value))
            except BadValue as bad:
                self._problems += [f"{FILE}: {key} {reason}" for reason in bad.reasons]
        else:
            self._set("tags", f"{FILE}: {key}", Tags().show(value))

    def _subscription(self, name: str) -> None:
        self._excused.add("subscription_id")
        if re.fullmatch(SUBSCRIPTION.pattern, name):
            self._set("subscription_id", f"{FILE}: subscription_name", name)
        elif len(name) > LONGEST_SUBSCRIPTION_NAME or not name.isprintable() or not name.strip():
            self._bad.add("subscription_id")
            self._problems.append(
                f"{FILE}: subscription_name={shown(name)} is no subscription's name: it has at most "
                f"{LONGEST_SUBSCRIPTION_NAME} characters, on one line"
            )
        elif re.fullmatch(r"<.*>|\[.*\]|\$.*", name):
            self._problems.append(
                f"{FILE}: subscription_name={shown(name)} is a placeholder; write your own in its place"
            )
        else:
            self._fields["subscription_name"] = name

    def _strangers(self) -> None:
        for key in self._unknown():
            near = next((known for known in _KEYS if _is_near(key, known) and not self._config.values.get(known)), "")
            if near and not _KEYS[near].required:
                self._problems.append(f"{FILE}: {shown(key)} is no key that is read; is {near} meant?")
            elif not near:  # a key that is needed and missing is a problem of its own
                ours = f"set {key.upper()} in the env file" if key.upper() in self._parameters else "it has no effect"
                self._notes.append(f"{FILE}: {shown(key)} is no key that is read; {_ELSEWHERE.get(key, ours)}")

    def _unknown(self) -> Iterator[str]:
        return (key for key in self._config.values if key not in _KEYS)

    def _as_cyclecloud(self) -> None:
        """The CycleCloud cluster began with no node on, had three login nodes and Bastion, and was watched."""
        given = self._environment.given
        told = []
        if "instance_count" not in given and not _says_on(given.get("partitions")):
            self._set("instance_count", FILE, "0")
            told.append("no node is on after the first Create (INSTANCE_COUNT is unset; Resume switches nodes on)")
        if "login_count" not in given:
            self._set("login_count", FILE, _LOGIN_NODES)
            told.append(f"there are {_LOGIN_NODES} login nodes (LOGIN_COUNT)")
        if "monitoring" not in given:
            self._set("monitoring", FILE, _MONITORING)
            told.append("the machines are watched (MONITORING, by Prometheus on the controller and Azure Monitor)")
        if "access" not in given and "allowed_cidrs" not in given:
            self._set("access", FILE, "bastion")
            told.append("Azure Bastion is the way in (ACCESS=bastion)")
        for field, (text, words) in _SURROUNDINGS.items():
            if field not in given:
                self._set(field, FILE, text)
                told.append(words)
        if told:
            self._notes.append(f"{FILE}: as in the CycleCloud cluster, {'; '.join(told)}")

    def _set(self, field: str, name: str, text: str) -> None:
        self._given[field] = Given(self._parameters[field.upper()], name, text, text)


def _says_on(partitions: Given | None) -> bool:
    """Whether PARTITIONS says how many nodes of the first pool are on; what can't be read is a problem of its own."""
    try:
        found = CloudPartitions().read(partitions.text) if partitions else ()
    except BadValue:
        return True
    return next((each.on is not None for each in found if each.own), False)


def _is_near(key: str, known: str) -> bool:
    """Whether a key may be a known one, written wrong: hpc_max_cores for hpc_max_core_count."""
    if key in _ELSEWHERE:
        return False
    left, right = key.lower().replace("-", "_"), known
    return edits(left, right) <= 2 or (len(left) >= 8 and right.startswith(left.rstrip("s")))
