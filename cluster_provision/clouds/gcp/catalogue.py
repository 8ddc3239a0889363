"""Looks up what Google Cloud offers a project: services, permissions, zones, machine types, images, quotas.

Each look-up runs once and is remembered. None means "does not exist"; a look-up that Google forbids raises.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cluster_provision.clouds.base import NotFound
from cluster_provision.clouds.gcp.api import COMPUTE, IAM, RESOURCE_MANAGER, GoogleApi
from cluster_provision.clouds.gcp.resources import account_path, name_of
from cluster_provision.errors import PermissionDenied, Refused, Unreachable
from cluster_provision.labels import CLUSTER_LABEL
from cluster_provision.memoize import Remembered

if TYPE_CHECKING:
    from collections.abc import Sequence

    from google.auth.transport.requests import AuthorizedSession

SUBNET_REGION = re.compile(r"/regions/([^/]+)/subnetworks/")
SERVICE_USAGE = "https://serviceusage.googleapis.com/v1"
QUOTAS = "https://cloudquotas.googleapis.com/v1"
SERVICES_A_CALL = 30
"""serviceusage.v1, services.batchGet: "a maximum of 30 services at a time"."""
WHOLENESS = "items/*/warning(code,message),warning(code,message),unreachables,nextPageToken"
"""The fields of an aggregated list that say whether it is whole."""
PERMISSIONS_A_CALL = 100
"""The method's description has no limit; this one is commonly cited (and used in Google's own samples)."""


@dataclass(frozen=True)
class Tested:
    """`granted` permissions are held; Google refuses to test the `untestable` ones on a project."""

    granted: frozenset[str]
    untestable: frozenset[str]


@dataclass(frozen=True)
class MachineFacts:
    """A machine type in a zone: `accelerators` are its built-in ones, as type and number.

    `local_ssds` is its number of local SSD partitions, `state` its deprecation state, empty for none.
    """

    vcpus: int
    memory_gib: float
    accelerators: tuple[tuple[str, int], ...] = ()
    local_ssds: int = 0
    state: str = ""


@dataclass(frozen=True)
class ImageFacts:
    """An image by its name; `state` is its deprecation state, empty for none, `replacement` an image's name, and
    `disk_gb` how large a disk has to be for it, 0 where it doesn't say."""

    name: str
    state: str = ""
    replacement: str = ""
    disk_gb: int = 0


@dataclass(frozen=True)
class NetworkFacts:
    """A network: whether it has a subnet in every region by itself, and the regions in which it has one now."""

    automatic: bool
    regions: frozenset[str]


@dataclass(frozen=True)
class Quota:
    """A limit of the project, and its usage."""

    limit: float
    usage: float


@dataclass(frozen=True)
class ReservationFacts:
    """A reservation: its machine type (or empty), how many machines are free, and its status, such as READY.

    `free` is None where the reservation doesn't count machines. `by_name`: only machines that name it may use it.
    """

    machine_type: str
    free: int | None
    status: str
    by_name: bool


class GcpCatalogue(GoogleApi):
    """The look-ups for one project. Several threads may call it."""

    timeout = (5, 20)

    def __init__(self, session: AuthorizedSession, project_id: str) -> None:
        super().__init__(session, project_id)
        self._once = Remembered()

    def services_off(self, services: Sequence[str]) -> frozenset[str]:
        """Return which of these services (`compute`) are off in the project."""
        off = set()
        for start in range(0, len(services), SERVICES_A_CALL):
            names = [
                f"projects/{self._project}/services/{s}.googleapis.com" for s in services[start:][:SERVICES_A_CALL]
            ]
            url = f"{SERVICE_USAGE}/projects/{self._project}/services:batchGet"
            told = self._call("GET", url, "looking up services", query={"names": names}, headers=self._charged)
            for each in told.get("services", ()):
                if each.get("state") != "ENABLED":
                    off.add(name_of(str(each["name"])).removesuffix(".googleapis.com"))
        return frozenset(off)

    def permissions(self, permissions: Sequence[str]) -> Tested | None:
        """Return which of these the caller has on the project, or None where Google can't say: what goes by it is
        "unknown" then."""
        granted: set[str] = set()
        untestable: set[str] = set()
        for start in range(0, len(permissions), PERMISSIONS_A_CALL):
            try:
                self._test(permissions[start:][:PERMISSIONS_A_CALL], granted, untestable)
            except (NotFound, PermissionDenied, Unreachable):
                return None
        return Tested(frozenset(granted), frozenset(untestable))

    def _test(self, permissions: Sequence[str], granted: set[str], untestable: set[str]) -> None:
        """Test in one call. An unknown name fails the whole call; then test each half, down to that name."""
        url = f"{RESOURCE_MANAGER}/projects/{self._project}:testIamPermissions"
        try:
            told = self._call("POST", url, "testing permissions", {"permissions": list(permissions)})
        except Refused:
            if len(permissions) == 1:
                untestable.update(permissions)
                return
            middle = len(permissions) // 2
            self._test(permissions[:middle], granted, untestable)
            self._test(permissions[middle:], granted, untestable)
            return
        granted.update(told.get("permissions", ()))

    def has_zone(self, zone: str) -> bool:
        """Whether the project has the zone."""
        return self._once(("zone", zone), lambda: self._found(f"{self._project}/zones/{zone}")) is not None

    def network(self, name: str) -> NetworkFacts | None:
        """The project's network of this name; None where there is none."""
        found = self._once(("network", name), lambda: self._found(f"{self._project}/global/networks/{name}"))
        if found is None:
            return None
        subnets = (SUBNET_REGION.search(str(each)) for each in found.get("subnetworks", ()))
        automatic = bool(found.get("autoCreateSubnetworks")) or "IPv4Range" in found  # a legacy one has no subnets
        return NetworkFacts(automatic, frozenset(each[1] for each in subnets if each))

    def has_network_profile(self, name: str) -> bool:
        """Whether there is a network profile of this name, such as us-central1-a-vpc-roce."""
        path = f"{self._project}/global/networkProfiles/{name}"
        return self._once(("network profile", name), lambda: self._found(path)) is not None

    def reservation(self, zone: str, name: str) -> ReservationFacts | None:
        """Return the reservation in a zone, by its name or as projects/P/reservations/NAME."""
        owner, _, own = name.removeprefix("projects/").rpartition("/reservations/")
        path = f"{owner or self._project}/zones/{zone}/reservations/{own}"
        found = self._once(("reservation", path), lambda: self._found(path))
        if found is None:
            return None
        sku = found.get("specificReservation") or {}
        return ReservationFacts(
            machine_type=str((sku.get("instanceProperties") or {}).get("machineType", "")),
            free=int(sku["count"]) - int(sku.get("inUseCount") or 0) if "count" in sku else None,
            status=str(found.get("status", "")),
            by_name=bool(found.get("specificReservationRequired")),
        )

    def quotas(self, region: str = "") -> dict[str, Quota]:
        """Return the region's quotas by metric, or the project's without a region. Empty where Google can't say now."""
        path = f"{self._project}/regions/{region}" if region else self._project
        url = f"{COMPUTE}/projects/{path}"
        doing = f"looking up the quotas of {region or 'the project'}"
        found = self._once(("quotas", region), lambda: self._call("GET", url, doing, query={"fields": "quotas"}))
        return {
            str(each["metric"]): Quota(float(each["limit"]), float(each.get("usage", 0)))
            for each in found.get("quotas", ())
        }

    def quota_limit(self, service: str, quota: str, region: str, dimensions: dict[str, str]) -> float | None:
        """Return the Cloud Quotas API's limit for a region and other dimensions, or None where it has none."""
        where = f"projects/{self._project}/locations/global/services/{service}/quotaInfos/{quota}"
        doing = f"looking up the quota {quota}"
        try:
            found = self._once(
                ("quota info", where), lambda: self._call("GET", f"{QUOTAS}/{where}", doing, headers=self._charged)
            )
        except NotFound:
            return None
        fitting = [each for each in found.get("dimensionsInfos", ()) if _fits(each, region, dimensions)]
        values = [each["details"]["value"] for each in fitting if each.get("details", {}).get("value")]
        return float(values[0]) if values else None

    def cluster_machines(self, label: str) -> tuple[tuple[str, str], ...]:
        """Return the zone and machine type of each machine with the cluster's label, in all zones."""
        url = f"{COMPUTE}/projects/{self._project}/aggregated/instances"
        query = {
            "filter": f'labels.{CLUSTER_LABEL}="{label}"',
            "fields": f"items/*/instances(name,machineType,status),{WHOLENESS}",
        }

        def ask() -> tuple[tuple[str, str], ...]:
            return tuple(
                (scope.removeprefix("zones/"), name_of(str(each["machineType"])))
                for page in self._raw_pages("GET", url, "looking for the cluster's machines", query)
                for scope, found in page.get("items", {}).items()
                for each in found.get("instances", ())
            )

        return self._once(("machines", label), ask)

    def has_account(self, email: str) -> bool:
        """Whether there is a service account of that e-mail."""
        try:
            self._get(f"{IAM}/{account_path(email)}", f"looking up {email}")
        except NotFound:
            return False
        return True

    def machine_type(self, zone: str, name: str) -> MachineFacts | None:
        """Return the machine type as the zone has it."""
        path = f"{self._project}/zones/{zone}/machineTypes/{name}"
        found = self._once(("machine type", zone, name), lambda: self._found(path))
        if found is None:
            return None
        return MachineFacts(
            vcpus=int(found.get("guestCpus", 0)),
            memory_gib=float(found.get("memoryMb", 0)) / 1024,
            accelerators=tuple(
                (str(each["guestAcceleratorType"]), int(each["guestAcceleratorCount"]))
                for each in found.get("accelerators", ())
            ),
            local_ssds=int(found.get("bundledLocalSsds", {}).get("partitionCount", 0)),
            state=_state(found),
        )

    def most_accelerators(self, zone: str, accelerator: str) -> int | None:
        """Return how many of this accelerator a machine can have in the zone, or None where the zone has none."""
        path = f"{self._project}/zones/{zone}/acceleratorTypes/{accelerator}"
        found = self._once(("accelerator", zone, accelerator), lambda: self._found(path))
        return None if found is None else int(found.get("maximumCardsPerInstance", 0))

    def zones_with(self, machine_type: str) -> list[str]:
        """Return the zones that have the machine type."""
        url = f"{COMPUTE}/projects/{self._project}/aggregated/machineTypes"
        query = {"filter": f'name="{machine_type}"', "fields": f"items/*/machineTypes/name,{WHOLENESS}"}
        zones = []
        for page in self._raw_pages("GET", url, f"looking for zones with {machine_type}", query):
            zones += [
                scope.removeprefix("zones/")
                for scope, each in page.get("items", {}).items()
                if each.get("machineTypes")
            ]
        return zones

    def image(self, project: str, *, family: str = "", name: str = "") -> ImageFacts | None:
        """Return the image of this name, or the family's newest that isn't deprecated."""
        path = f"{project}/global/images/" + (f"family/{family}" if family else name)
        found = self._once(("image", path), lambda: self._found(path))
        if found is None:
            return None
        replacement = str(found.get("deprecated", {}).get("replacement", ""))
        return ImageFacts(str(found["name"]), _state(found), name_of(replacement), int(found.get("diskSizeGb") or 0))

    def image_names(self, project: str, *, families: bool) -> list[str]:
        """Return the names, or the families, of the project's images that aren't deprecated."""
        url = f"{COMPUTE}/projects/{project}/global/images"
        query = {"fields": "items(name,family,deprecated/state),nextPageToken", "maxResults": "500"}
        found = self._pages("GET", url, f"listing the images of {project}", "items", query)
        kept = [each for each in found if not _state(each)]
        return sorted({str(each.get("family" if families else "name", "")) for each in kept} - {""})

    def _found(self, path: str) -> dict[str, Any] | None:
        """Return the resource of Compute Engine at projects/<path>."""
        try:
            return self._get(f"{COMPUTE}/projects/{path}", f"looking up {path}")
        except NotFound:
            return None

    @property
    def _charged(self) -> dict[str, str]:
        """The header that some APIs require for a person's login: the project that a call is charged to.

        Without it such a login is charged to gcloud's own project, which these APIs refuse. See
        https://cloud.google.com/docs/quotas/set-quota-project (read 2026-11-22).
        """
        from google.oauth2.credentials import Credentials

        credentials = self._session.credentials
        of_a_person = isinstance(credentials, Credentials) or getattr(credentials, "of_a_login", False)
        if of_a_person and not credentials.quota_project_id:
            return {"x-goog-user-project": self._project}
        return {}


def _state(found: dict[str, Any]) -> str:
    """Return the deprecation state; empty for a resource that isn't deprecated."""
    state = str(found.get("deprecated", {}).get("state", ""))
    return "" if state == "ACTIVE" else state


def _fits(info: dict[str, Any], region: str, dimensions: dict[str, str]) -> bool:
    """Whether a quota's value applies to these dimensions. The API lists the more specific ones first.

    A dimension that isn't named applies to all its values (cloudquotas.v1, DimensionsInfo).
    """
    own = info.get("dimensions") or {}
    asked = {**dimensions, "region": region}
    places = info.get("applicableLocations") or [region]
    named = all(key in own for key in dimensions)
    return named and region in places and all(asked.get(key) == value for key, value in own.items())
