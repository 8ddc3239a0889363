"""Reads and writes what a state store holds on any cloud: Terraform's state, the mark, node records."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

from cluster_provision import __version__
from cluster_provision.errors import StateStoreError
from cluster_provision.node import NodeRecord, NodeSummary, verdict_of
from cluster_provision.state.base import HeldInstance, Lock, StateFacts, operation_of

if TYPE_CHECKING:
    from collections.abc import Mapping

MARK = "cluster.json"
"""The file that marks the place as this tool's, and names the zone."""


def mark_text(label: str, zone: str, *, settled: bool, since: datetime | None = None) -> str:
    """Return the mark's text; `since` is when the place was first claimed, if it was claimed before."""
    claimed = {"claimed": since.isoformat()} if since else {}
    mark = {"schema": 1, "tool": "cluster-provision", "version": __version__, "label": label, **claimed}
    return json.dumps({**mark, "zone": zone, "settled": settled}) + "\n"


def mark_of(text: str | None) -> dict[str, Any] | None:
    """Return the mark: empty if it can't be parsed, None if there is none."""
    if text is None:
        return None
    try:
        return dict(json.loads(text))
    except (ValueError, TypeError):
        return {}


def claimed_in(mark: dict[str, Any]) -> datetime | None:
    """Return the mark's date of the first claim, or None where it has none."""
    try:
        return datetime.fromisoformat(mark["claimed"])
    except (KeyError, ValueError, TypeError):
        return None


def lock_of(text: str | bytes, clear: str, generation: str) -> Lock:
    """Terraform's own words on a lock, which `clear` removes: unknown where they can't be understood."""
    try:
        told = dict(json.loads(text))
    except (ValueError, TypeError):
        told = {}
    return Lock(
        holder=str(told.get("Who", "unknown")),
        created=str(told.get("Created", "")),
        operation=str(told.get("Operation", "")).removeprefix("OperationType"),
        clear=clear,
        id=str(told.get("ID", "")),
        generation=generation,
    )


def facts_of(text: str | None, mark: dict[str, Any] | None, uri: str, advice: str) -> StateFacts:
    """Read a state's text and the mark. Raises StateStoreError with `advice` where `uri` holds no state."""
    marked = str((mark or {}).get("zone", ""))
    if text is None:
        return StateFacts(ours=mark is not None, zone=marked)
    try:
        state = json.loads(text)
        # A failed apply leaves entries of resources with a count of 0.
        resources = [r for r in state.get("resources", []) if r.get("mode") == "managed" and r.get("instances")]
        version = state.get("terraform_version", "unknown")
        given = {name: each.get("value") for name, each in (state.get("outputs") or {}).items()}
        edition = (str(state.get("lineage", "")), int(state.get("serial", 0)))
    except (ValueError, TypeError, AttributeError) as failure:
        raise StateStoreError(f"{uri} is not a Terraform state: {failure}", advice) from failure
    kinds = frozenset(str(r.get("type")) for r in resources)
    outputs = {name: value for name, value in given.items() if isinstance(value, str)}
    stands = outputs.get("zone", "")  # an interrupted apply leaves none
    # A mark with another zone belongs to a move that never began: the cluster is where its state says.
    settled = bool((mark or {}).get("settled", True)) or bool(marked and stands and stands != marked)
    writer = f"Terraform {version}, {len(resources)} resources"
    writer += f": {', '.join(sorted(kinds)[:4])}" if kinds else ""
    return StateFacts(
        exists=True,
        resources=len(resources),
        kinds=kinds,
        named=frozenset(f"{r.get('type')}.{r.get('name')}" for r in resources),
        ours=mark is not None,
        writer=writer,
        zone=stands or marked,
        settled=bool(resources) and settled,
        outputs=outputs,
        unfinished=any(operation_of(each) for r in resources for each in r.get("instances", ())),
        version=edition,
        instances=tuple(_held(str(r.get("type")), i) for r in resources for i in r["instances"]),
    )


def _held(kind: str, instance: dict[str, Any]) -> HeldInstance:
    return HeldInstance(kind, str(instance.get("index_key", "")), dict(instance.get("attributes") or {}))


def summaries(listed: Mapping[str, Mapping[str, str]]) -> list[NodeSummary]:
    """Return the summaries of the nodes' records: what machines leave beside these lies in folders."""
    return [summary_of(name, told) for name, told in listed.items() if "/" not in name]


def summary_of(name: str, told: Mapping[str, str]) -> NodeSummary:
    """Return the summary of a node, from the metadata of its record."""
    status: Any = told.get("status", "starting")
    return NodeSummary(
        name=name.removesuffix(".json"),
        status=status if status in ("ready", "failed") else "starting",
        step=told.get("step", ""),
        instance_id=told.get("instance_id", ""),
        jupyter=told.get("jupyter", ""),
        agent=told.get("agent", ""),
        health=verdict_of(told.get("health", "")),
        ray=told.get("ray"),
        host=told.get("host", ""),
        ray_gpus=int(gpus) if (gpus := told.get("ray_gpus", "")).isdecimal() else 0,
    )


def record_of(text: str | None) -> NodeRecord | None:
    """Return a node's whole record, or None where there is none or it can't be parsed."""
    if text is None:
        return None
    try:
        return NodeRecord.from_json(json.loads(text))
    except (ValueError, TypeError, AttributeError):
        return None
