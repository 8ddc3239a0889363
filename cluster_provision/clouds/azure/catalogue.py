"""What Azure has to offer a subscription: namespaces, permissions, locations, sizes, quotas, images and their terms.

Look-ups only, each asked once and remembered. None stands for "not there"; what one may not look at raises.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from cluster_provision.clouds.base import NotFound
from cluster_provision.memoize import Remembered

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cluster_provision.clouds.azure.api import AzureApi

# The API versions of azurerm 5.2.0's own SDK, and for what it doesn't ask, those of Microsoft's reference.
SUBSCRIPTIONS = "2022-12-01"
PROVIDERS = "2022-09-01"
AUTHORIZATION = "2022-04-01"
SKUS = "2021-07-01"
COMPUTE = "2024-03-01"
AGREEMENTS = "2015-06-01"


@dataclass(frozen=True)
class Grant:
    """What one role gives the caller at a scope: actions less those of `without`, each with `*` for any text."""

    actions: tuple[str, ...]
    without: tuple[str, ...]

    def holds(self, action: str) -> bool:
        """Whether the role gives this action; upper and lower case don't count."""
        return _matches(action, self.actions) and not _matches(action, self.without)


@dataclass(frozen=True)
class Sku:
    """A size in a location, as Azure describes it for this subscription.

    `family` is the quota that its vCPUs count on; `zones` those that have it; `restrictions` Azure's reasons for
    which the subscription can't have it there, `zones_refused` those for which it can't have it in a zone.
    `capabilities` are Azure's own, such as `vCPUs`, `HyperVGenerations`, `LowPriorityCapable`, as text.
    """

    name: str
    family: str
    zones: tuple[str, ...] = ()
    restrictions: tuple[str, ...] = ()
    zones_refused: tuple[str, ...] = ()
    capabilities: Mapping[str, str] = field(default_factory=dict)

    @property
    def vcpus(self) -> int:
        """How many vCPUs count on the quota; 0 where Azure doesn't say."""
        told = self.capabilities.get("vCPUsAvailable") or self.capabilities.get("vCPUs") or "0"
        return int(told) if told.isdecimal() else 0


@dataclass(frozen=True)
class Quota:
    """How much of something the subscription may have in a location, and has; `shown` is Azure's name for it."""

    limit: float
    usage: float
    shown: str


@dataclass(frozen=True)
class Plan:
    """What an image is sold under: Azure's words for it."""

    publisher: str
    product: str
    name: str


@dataclass(frozen=True)
class ImageFacts:
    """A marketplace image: the version that is meant, V1 or V2 (empty: not told), x64 or Arm64, and how it is sold."""

    version: str
    generation: str = ""
    architecture: str = ""
    plan: Plan | None = None


class AzureCatalogue:
    """The look-ups for one subscription, as who `api` asks as. Its calls may come from several threads."""

    def __init__(self, api: AzureApi) -> None:
        self._api = api
        self._base = f"/subscriptions/{api.subscription_id}"
        self._once = Remembered()

    def registered(self) -> Mapping[str, str]:
        """The registration state by the namespace's name in lower case."""
        return self._once("registered", self._registered)

    def grants(self, group: str | None) -> tuple[Grant, ...]:
        """What the caller's roles give at a resource group, at the subscription for None.

        https://learn.microsoft.com/rest/api/authorization/permissions (read 2026-11-25)
        """
        return self._once(("grants", group), lambda: self._grants(group))

    def locations(self) -> Mapping[str, str]:
        """Azure's shown names by the names of the locations that the subscription has."""
        return self._once("locations", self._locations)

    def skus(self, location: str) -> Mapping[str, Sku]:
        """The sizes of virtual machines there, by their names in lower case."""
        return self._once(("skus", location), lambda: self._skus(location))

    def quotas(self, location: str) -> Mapping[str, Quota]:
        """The quotas of Microsoft.Compute there, by `spelt` of their names."""
        return self._once(("quotas", location), lambda: self._quotas(location))

    def image(self, location: str, publisher: str, offer: str, sku: str, version: str) -> ImageFacts | None:
        """A marketplace image; `latest` is looked up. None where the location has none such."""
        asked = (location, publisher, offer, sku, version)
        return self._once(("image", *asked), lambda: self._image(*asked))

    def has_image(self, resource_id: str) -> bool:
        """Whether there is an image, or a version of a gallery's, with this id that the caller can see."""
        return self._once(("id", resource_id), lambda: self._there(resource_id))

    def terms_accepted(self, plan: Plan) -> bool:
        """Whether the subscription has accepted the terms of an image's plan."""
        return self._once(("terms", plan), lambda: self._terms(plan))

    def _registered(self) -> dict[str, str]:
        found = self._api.pages(f"{self._base}/providers", PROVIDERS, "listing resource providers")
        return {str(each["namespace"]).lower(): str(each.get("registrationState", "")) for each in found}

    def _grants(self, group: str | None) -> tuple[Grant, ...]:
        scope = self._base if group is None else f"{self._base}/resourceGroups/{group}"
        path = f"{scope}/providers/Microsoft.Authorization/permissions"
        found = self._api.pages(path, AUTHORIZATION, "looking up your permissions")
        return tuple(Grant(_lowered(each.get("actions")), _lowered(each.get("notActions"))) for each in found)

    def _locations(self) -> dict[str, str]:
        found = self._api.pages(f"{self._base}/locations", SUBSCRIPTIONS, "listing locations")
        return {str(each["name"]): str(each.get("displayName", "")) for each in found}

    def _skus(self, location: str) -> dict[str, Sku]:
        path = f"{self._base}/providers/Microsoft.Compute/skus"
        asked = {"$filter": f"location eq '{location}'"}
        found = self._api.pages(path, SKUS, f"listing the sizes in {location}", asked)
        sizes = (_sku(each) for each in found if each.get("resourceType") == "virtualMachines")
        return {each.name.lower(): each for each in sizes}

    def _quotas(self, location: str) -> dict[str, Quota]:
        path = f"{self._base}/providers/Microsoft.Compute/locations/{location}/usages"
        found = self._api.pages(path, COMPUTE, f"listing the quotas in {location}")
        return {
            spelt(each["name"]["value"]): Quota(
                float(each["limit"]), float(each["currentValue"]), str(each["name"].get("localizedValue", ""))
            )
            for each in found
        }

    def _image(self, location: str, publisher: str, offer: str, sku: str, version: str) -> ImageFacts | None:
        base = f"{self._base}/providers/Microsoft.Compute/locations/{location}/publishers/{publisher}"
        path = f"{base}/artifacttypes/vmimage/offers/{offer}/skus/{sku}/versions"
        doing = f"looking up image {publisher}:{offer}:{sku}:{version}"
        try:
            if version.lower() == "latest":
                version = _newest(self._api.array(path, COMPUTE, doing))
            told = self._api.get(f"{path}/{version}", COMPUTE, doing) if version else None
        except NotFound:
            return None
        return None if told is None else _facts(version, told.get("properties") or {})

    def _there(self, resource_id: str) -> bool:
        version = "2023-07-03" if "/galleries/" in resource_id.lower() else COMPUTE
        return self._api.find(resource_id, version, f"looking up image {resource_id}") is not None

    def _terms(self, plan: Plan) -> bool:
        path = (
            f"{self._base}/providers/Microsoft.MarketplaceOrdering/offerTypes/virtualmachine/publishers/"
            f"{plan.publisher}/offers/{plan.product}/plans/{plan.name}/agreements/current"
        )
        told = self._api.find(path, AGREEMENTS, f"looking up the terms of {plan.publisher}:{plan.product}")
        return bool(((told or {}).get("properties") or {}).get("accepted"))


def spelt(name: str) -> str:
    """A quota's name as it compares: Azure spells the same family in several ways, with spaces and without."""
    return name.replace(" ", "").lower()


def _matches(action: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(action.lower(), pattern) for pattern in patterns)


def _lowered(given: Any) -> tuple[str, ...]:
    return tuple(str(each).lower().replace("[", "[[]").replace("?", "[?]") for each in given or ())


def _sku(told: Mapping[str, Any]) -> Sku:
    place: Mapping[str, Any] = next(iter(told.get("locationInfo") or ()), {})
    refused: list[str] = []
    zones: list[str] = []
    for each in told.get("restrictions") or ():
        if each.get("type") == "Zone":
            zones += (each.get("restrictionInfo") or {}).get("zones") or ()
        else:
            refused.append(str(each.get("reasonCode", "restricted")))
    return Sku(
        name=str(told["name"]),
        family=str(told.get("family", "")),
        zones=tuple(sorted(place.get("zones") or ())),
        restrictions=tuple(refused),
        zones_refused=tuple(sorted(zones)),
        capabilities={str(each["name"]): str(each["value"]) for each in told.get("capabilities") or ()},
    )


def _newest(versions: list[dict[str, Any]]) -> str:
    """Versions are numbers with dots; empty where there is none."""
    names = [str(each["name"]) for each in versions]
    return max(names, key=lambda name: [int(part) if part.isdecimal() else 0 for part in name.split(".")], default="")


def _facts(version: str, properties: Mapping[str, Any]) -> ImageFacts:
    plan = properties.get("plan")
    return ImageFacts(
        version,
        str(properties.get("hyperVGeneration", "")),
        str(properties.get("architecture", "")),
        Plan(str(plan["publisher"]), str(plan["product"]), str(plan["name"])) if plan else None,
    )
