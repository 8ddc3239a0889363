"""Filestore (file.v1): file servers with one share each, which are ready at once."""

from __future__ import annotations

import hashlib
import ipaddress
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cloud_facts.gcp.regions import regions, zones
from embedded_cloud.google.compute.initial_state import prepare
from embedded_cloud.google.compute.references import find
from embedded_cloud.google.failure import ApiError, not_emulated
from embedded_cloud.google.filters import compile_filter
from embedded_cloud.google.pages import page
from embedded_cloud.google.self_links import COMPUTE, name_of, path_of
from embedded_cloud.google.validation import without_output_fields
from embedded_cloud.times import zulu

if TYPE_CHECKING:
    from collections.abc import Iterator

    from embedded_cloud.google.call import Call
    from embedded_cloud.store import Body, Store

FILE = "//file.googleapis.com/"
INSTANCE_ID = re.compile(r"[a-z]([a-z0-9-]{0,61}[a-z0-9])?")
SHARE_NAME = re.compile(r"[a-z][a-z0-9_]*")
# Addresses that no network of a rehearsal uses; Google too takes a free range of its own choice.
ADDRESSES = ipaddress.ip_network("10.64.0.0/10")


@dataclass(frozen=True)
class Tier:
    """A tier's place and sizes in GiB: `bands` of least, most and step; `share` the longest name of its share.

    Sources: the file.v1 document of 2026-08-19, whose words give names and ranges, and
    docs.cloud.google.com/filestore/docs/service-tiers-zonal and -regional (2026). Smaller regional ones, from 100 GiB,
    need a performance configuration.
    """

    regional: bool
    bands: tuple[tuple[int, int, int], ...]
    share: int
    prefix: int


_HDD = Tier(False, ((1024, 65_434, 1),), 16, 29)
_SSD = Tier(False, ((2560, 65_434, 1),), 16, 29)
_ZONAL = Tier(False, ((1024, 9984, 256), (10_240, 102_400, 2560)), 63, 24)
TIERS = {
    "BASIC_HDD": _HDD,
    "STANDARD": _HDD,
    "BASIC_SSD": _SSD,
    "PREMIUM": _SSD,
    "ZONAL": _ZONAL,
    "HIGH_SCALE_SSD": Tier(False, ((10_240, 102_400, 2560),), 63, 24),
    "REGIONAL": Tier(True, ((1024, 10_239, 1), (10_240, 102_400, 2560)), 63, 24),
    "ENTERPRISE": Tier(True, ((1024, 10_240, 256),), 63, 26),
}


def answer(call: Call) -> Any:
    """The method's result; raises ApiError."""
    verb = call.method.id.removeprefix("file.projects.locations.")
    path = "/".join(call.resource[1:])
    prepare(call.store, call.segments[2])
    if verb == "operations.get":
        found = call.context.operations.get(f"file/{path}")
        if found is None:
            raise _missing(path)
        return found
    if verb == "instances.create":
        return _create(call, path, call.one("instanceId"))
    if verb == "instances.list":
        return _list(call, path)
    if verb in ON_ONE:
        body = call.store.get(*_split(path))
        if body is None:
            raise _missing(path)
        return ON_ONE[verb](call, path, body)
    raise not_emulated(f"the method {call.method.id}")


def _create(call: Call, parent: str, name: str) -> Body:
    path, project, location = f"{parent}/instances/{name}", call.segments[2], call.segments[4]
    if not INSTANCE_ID.fullmatch(name):
        raise _refused(f"Invalid value for instance ID '{name}'.")
    if call.store.get(*_split(path)) is not None:
        raise ApiError(409, "alreadyExists", f"Resource '{path}' already exists")
    given = without_output_fields(call.api, call.method.request, call.body)
    tier = TIERS.get(str(given.get("tier", "")))
    if tier is None:
        raise _refused("Invalid value for instance.tier: a tier must be set.")
    if location not in regions() and location not in zones():
        # as other services say: https://github.com/hashicorp/terraform-provider-google/issues/25505 (2025-12)
        raise ApiError(403, "forbidden", f"Location {location} is not found or access is unauthorized.")
    if location not in (regions() if tier.regional else zones()):
        raise _refused(
            f"Location '{location}' is not a {'region' if tier.regional else 'zone'}, as tier {given['tier']} needs."
        )
    share = _share(given, tier)
    body = {
        **given,
        "name": path,
        "createTime": zulu(),
        "state": "READY",
        "protocol": given.get("protocol", "NFS_V3"),
        "fileShares": [share],
        "networks": [_network(call.store, project, given, tier, path)],
        **_limits(tier, int(share["capacityGb"])),
    }
    return _keep(call, path, body, "create")


def _share(given: Body, tier: Tier) -> Body:
    shares = given.get("fileShares") or []
    if len(shares) != 1:
        raise _refused("Exactly one file share must be specified.")
    share = dict(shares[0])
    name = str(share.get("name", ""))
    if not SHARE_NAME.fullmatch(name) or len(name) > tier.share:
        raise _refused(f"Invalid file share name '{name}': it must have 1 to {tier.share} characters of [a-z0-9_].")
    size = int(share.get("capacityGb") or 0)
    if not any(least <= size <= most and (size - least) % step == 0 for least, most, step in tier.bands):
        ranges = " or ".join(f"{least} to {most} in steps of {step}" for least, most, step in tier.bands)
        raise _refused(f"Invalid capacity of {size} GB for tier {given['tier']}: it must be {ranges}.")
    return {**share, "capacityGb": str(size)}


def _network(store: Store, project: str, given: Body, tier: Tier, path: str) -> Body:
    """The network, with the range that the server takes in it and its address there."""
    networks = given.get("networks") or []
    if len(networks) != 1:
        raise _refused("Exactly one network must be specified.")
    network = dict(networks[0])
    named = str(network.get("network", ""))
    there = path_of(named, project) if "/" in named else f"projects/{project}/global/networks/{named}"
    if find(store, there) is None:
        raise _refused(f"network '{named}' does not exist.")
    block = _free_range(store, there, network.get("reservedIpRange"), tier.prefix, path)
    return {
        "connectMode": "DIRECT_PEERING",
        **network,
        "reservedIpRange": str(block),
        "ipAddresses": [str(block[2])],
    }


def _free_range(store: Store, network: str, asked: str | None, prefix: int, path: str) -> ipaddress.IPv4Network:
    taken = [*_ranges(store, network, path)]
    try:
        wanted = [ipaddress.IPv4Network(asked)] if asked else ADDRESSES.subnets(new_prefix=prefix)
    except ValueError:
        raise _refused(f"Invalid value for reserved_ip_range: '{asked}'.") from None
    free = next((block for block in wanted if not any(block.overlaps(other) for other in taken)), None)
    if free is None:
        raise _refused(f"The requested IP range {asked or ''} overlaps with a range that is in use.")
    return ipaddress.IPv4Network(free)


def _ranges(store: Store, network: str, path: str) -> Iterator[ipaddress.IPv4Network]:
    """The ranges that subnetworks and other file servers use in the network."""
    for collection in store.collections():
        if collection.startswith(COMPUTE) and collection.endswith("/subnetworks"):
            for body in store.each(collection).values():
                if str(body.get("network", "")).endswith(network):
                    yield ipaddress.IPv4Network(body["ipCidrRange"])
        elif collection.startswith(FILE) and collection.endswith("/instances"):
            for body in store.each(collection).values():
                if body["name"] != path and name_of(body["networks"][0]["network"]) == name_of(network):
                    yield ipaddress.IPv4Network(body["networks"][0]["reservedIpRange"])


def _limits(tier: Tier, size: int) -> Body:
    least, most, step = next(band for band in tier.bands if band[0] <= size <= band[1])
    return {"minCapacityGb": str(least), "maxCapacityGb": str(most), "capacityStepSizeGb": str(step)}


def _patch(call: Call, path: str, old: Body) -> Body:
    mask = {part.strip() for part in call.one("updateMask").split(",")} - {""}
    if not mask:
        raise _refused("The update mask must be set.")
    given = without_output_fields(call.api, call.method.request, call.body)
    changed = {name: given.get(name) for name in mask}
    tier = TIERS[old["tier"]]
    if "fileShares" in changed:
        share = _share({**given, "tier": old["tier"]}, tier)
        present = old["fileShares"][0]
        if share["name"] != present["name"]:
            raise _refused("The name of a file share can't be changed.")
        if tier.share == _HDD.share and int(share["capacityGb"]) < int(present["capacityGb"]):
            raise _refused(f"The capacity of an instance of tier {old['tier']} can't be decreased.")
        changed |= {"fileShares": [{**present, **share}], **_limits(tier, int(share["capacityGb"]))}
    body = {name: value for name, value in {**old, **changed}.items() if value is not None}
    return _keep(call, path, body, "update")


def _delete(call: Call, path: str, old: Body) -> Body:
    if old.get("deletionProtectionEnabled"):
        raise ApiError(400, "failedPrecondition", "The instance is protected against deletion.", "FAILED_PRECONDITION")
    call.store.delete(*_split(path))
    return _operation(call, path, "delete", {"@type": "type.googleapis.com/google.protobuf.Empty"})


def _list(call: Call, parent: str) -> Body:
    """The instances of a location, or of all locations where it is "-"."""
    start, _, location = parent.rpartition("/")
    fits = compile_filter(call.one("filter"))
    found = [
        (name, body)
        for collection in call.store.collections()
        if collection.startswith(f"{FILE}{start}/") and location in ("-", collection.split("/")[6])
        for name, body in call.store.each(collection).items()
        if fits(body)
    ]
    keyed = sorted((str(body["name"]), body) for _, body in found)
    shown, following = page(keyed, call.one("pageSize"), call.one("pageToken"))
    return {"instances": shown, **({"nextPageToken": following} if following else {})}


def _keep(call: Call, path: str, body: Body, verb: str) -> Body:
    digest = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()[:12]
    kept = call.store.put(*_split(path), {**body, "etag": digest})
    return _operation(call, path, verb, {"@type": "type.googleapis.com/google.cloud.filestore.v1.Instance", **kept})


def _operation(call: Call, path: str, verb: str, response: Body) -> Body:
    now = zulu()
    metadata = {
        "@type": "type.googleapis.com/google.cloud.common.OperationMetadata",
        "createTime": now,
        "endTime": now,
        "target": path,
        "verb": verb,
        "apiVersion": "v1",
    }
    return call.context.operations.located("file", path.rpartition("/instances/")[0], metadata, response)


def _split(path: str) -> tuple[str, str]:
    collection, _, name = path.rpartition("/")
    return FILE + collection, name


def _missing(path: str) -> ApiError:
    return ApiError(404, "notFound", f"Resource '{path}' was not found")


def _refused(message: str) -> ApiError:
    return ApiError(400, "badRequest", message)


ON_ONE = {
    "instances.get": lambda call, path, body: body,
    "instances.patch": _patch,
    "instances.delete": _delete,
}
