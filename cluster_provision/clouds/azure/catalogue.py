"""Looks up what Azure offers a subscription: namespaces, permissions, locations, sizes, quotas, images and terms.

Each look-up runs once and is remembered. None means "does not exist"; a look-up that Azure forbids raises.
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

# The API versions of azurerm 5.2.0's own SDK; for other calls, those of Microsoft's reference.
SUBSCRIPTIONS = "2022-12-01"
PROVIDERS = "2022-09-01"
AUTHORIZATION = "2022-04-01"
SKUS = "2021-07-01"
COMPUTE = "2024-03-01"
AGREEMENTS = "2015-06-01"


@dataclass(frozen=True)
class Grant:
    """The actions that one role gives the caller at a scope, without those in `without`; `*` stands for any text."""

    actions: tuple[str, ...]
    without: tuple[str, ...]

    def holds(self, action: str) -> bool:
        """Whether the role allows this action; case doesn't matter."""
        return _matches(action, self.actions) and not _matches(action, self.without)


@dataclass(frozen=True)
class Sku:
    """A size in a location, as Azure describes it for this subscription.

    `family` is the quota that its vCPUs count on. `zones` have it; of these, `zones_refused` don't offer it to this
    subscription. `restrictions` are Azure's reasons why the whole location doesn't offer it to the subscription.
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
        """The number of vCPUs that count on the quota; 0 where Azure doesn't say."""
        told = self.capabilities.get("vCPUsAvailable") or self.capabilities.get("vCPUs") or "0"
        return int(told) if told.isdecimal() else 0


@dataclass(frozen=True)
class Quota:
    """A limit of the subscription in a location, and its usage; `shown` is Azure's name for it."""

    limit: float
    usage: float
    shown: str


@dataclass(frozen=True)
class MarketplacePlan:
    """The marketplace plan of an image, in Azure's words."""

    publisher: str
    product: str
    name: str


@dataclass(frozen=True)
class ImageFacts:
    """A marketplace image: its version, its generation (V1, V2 or empty), x64 or Arm64, and its marketplace plan."""

    version: str
    generation: str = ""
    architecture: str = ""
    plan: MarketplacePlan | None = None


class AzureCatalogue:
    """The look-ups for one subscription, with `api`'s credentials. Several threads may call it."""

    def __init__(self, api: AzureApi) -> None:
        self._api = api
        self._base = f"/subscriptions/{api.subscription_id}"
        self._once = Remembered()

    def registered(self) -> Mapping[str, str]:
        """Return each namespace's registration state, by its name in lower case."""
        return {str(each["namespace"]).lower(): str(each.get("registrationState", "")) for each in self._providers()}

    def regions_of(self, namespace: str, kind: str) -> frozenset[str]:
        """Return the names of the locations that have a type of resource; none where Azure doesn't say."""
        return frozenset(
            "".join(str(place).split()).lower()
            for provider in self._providers()
            if str(provider["namespace"]).lower() == namespace.lower()
            for each in provider.get("resourceTypes") or ()
            if str(each.get("resourceType", "")).lower() == kind.lower()
            for place in each.get("locations") or ()
        )

    def grants(self, group: str | None) -> tuple[Grant, ...]:
        """Return what the caller's roles allow on a resource group, or on the subscription for None.

        https://learn.microsoft.com/rest/api/authorization/permissions (read 2026-11-25)
        """
        return self._once(("grants", group), lambda: self._grants(group))

    def locations(self) -> Mapping[str, str]:
        """Return Azure's display names of the subscription's locations, by the locations' names."""
        return self._once("locations", self._locations)

    def skus(self, location: str) -> Mapping[str, Sku]:
        """Return the sizes of virtual machines there, by their names in lower case."""
        return self._once(("skus", location), lambda: self._skus(location))

    def quotas(self, location: str) -> Mapping[str, Quota]:
        """Return the quotas of Microsoft.Compute there, by `spelt` of their names."""
        return self._once(("quotas", location), lambda: self._quotas(location))

    def image(self, location: str, publisher: str, offer: str, sku: str, version: str) -> ImageFacts | None:
        """Return a marketplace image, or None where the location has none. `latest` is resolved to a version."""
        asked = (location, publisher, offer, sku, version)
        return self._once(("image", *asked), lambda: self._image(*asked))

    def has_image(self, resource_id: str) -> bool:
        """Whether the caller can see an image, or an image version of a gallery, with this id."""
        return self._once(("id", resource_id), lambda: self._there(resource_id))

    def terms_accepted(self, plan: MarketplacePlan) -> bool:
        """Whether the subscription has accepted the terms of an image's plan."""
        return self._once(("terms", plan), lambda: self._terms(plan))

    def _providers(self) -> tuple[Mapping[str, Any], ...]:
        return self._once("providers", self._listed_providers)

    def _listed_providers(self) -> tuple[Mapping[str, Any], ...]:
        return tuple(self._api.pages(f"{self._base}/providers", PROVIDERS, "listing resource providers"))

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

    def _terms(self, plan: MarketplacePlan) -> bool:
        path = (
            f"{self._base}/providers/Microsoft.MarketplaceOrdering/offerTypes/virtualmachine/publishers/"
            f"{plan.publisher}/offers/{plan.product}/plans/{plan.name}/agreements/current"
        )
        told = self._api.find(path, AGREEMENTS, f"looking up the terms of {plan.publisher}:{plan.product}")
        return bool(((told or {}).get("properties") or {}).get("accepted"))


def spelt(name: str) -> str:
    """Return a quota's name for comparison: Azure spells the same family with and without spaces."""
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
    """Return the highest version; versions are numbers with dots. Empty for an empty list."""
    names = [str(each["name"]) for each in versions]
    return max(names, key=lambda name: [int(part) if part.isdecimal() else 0 for part in name.split(".")], default="")


def _facts(version: str, properties: Mapping[str, Any]) -> ImageFacts:
    plan = properties.get("plan")
    return ImageFacts(
        version,
        str(properties.get("hyperVGeneration", "")),
        str(properties.get("architecture", "")),
        MarketplacePlan(str(plan["publisher"]), str(plan["product"]), str(plan["name"])) if plan else None,
    )
