"""Marketplace images, and the terms that some of them come with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cloud_facts.azure import images as facts
from embedded_cloud.azure.bodies import read
from embedded_cloud.azure.failure import ArmError
from embedded_cloud.exchange import Answer
from embedded_cloud.times import zulu

if TYPE_CHECKING:
    from embedded_cloud.azure.call import Call
    from embedded_cloud.store import Body, Store

AGREEMENTS = "//rehearsal/azure/agreements"
DISK_GB = 30  # where it isn't known


@dataclass(frozen=True)
class Image:
    """`versions` go from the oldest to the newest; `plan`: it is sold with terms; `size` is that of its disk in GiB."""

    versions: tuple[str, ...]
    plan: bool
    generation: str
    size: int
    arm: bool


def image(reference: Body) -> Image:
    """The image of a `publisher, offer, sku, version`. Raises ArmError where there is none."""
    publisher, offer, sku = (str(reference.get(each, "")).lower() for each in ("publisher", "offer", "sku"))
    version = str(reference.get("version", "latest"))
    found = facts.offer_of(publisher, offer)
    versions = found.skus.get(sku, ())
    if not versions or (version != "latest" and version not in versions):
        given = ", ".join(f"'{each}: {reference.get(each)}'" for each in ("publisher", "offer", "sku", "version"))
        raise ArmError(
            404,
            "PlatformImageNotFound",
            f"The platform image {given} is not available. Verify that all fields in the storage profile are correct. "
            "For more details about storage profile information, please refer to "
            "https://aka.ms/storageprofile",
        )
    return Image(
        versions,
        plan=found.terms,
        generation=f"V{facts.generation_of(publisher, offer, sku) or 2}",
        size=found.disk_gb or DISK_GB,
        arm=facts.architecture_of(publisher, offer, sku) == "arm64",
    )


def check_plan(store: Store, subscription: str, reference: Body, plan: Body | None) -> Image:
    """Raise ArmError where the image's terms keep it from being used."""
    found = image(reference)
    if found.plan and not plan:
        raise ArmError(
            400,
            "VMMarketplaceInvalidInput",
            "Creating a virtual machine from Marketplace image or a custom image sourced from a Marketplace image "
            "requires Plan information in the request.",
        )
    if plan and not accepted(store, subscription, plan["publisher"], plan["product"], plan["name"]):
        told = "', '".join((plan["publisher"], plan["product"], plan["name"]))
        raise ArmError(
            400,
            "ResourcePurchaseValidationFailed",
            "User failed validation to purchase resources. Error message: 'You have not accepted the legal terms on "
            f"this subscription: '{subscription}' for this plan. Before the subscription can be used, you need to "
            f"accept the legal terms of the image. ('{told}')'",
        )
    return found


def accepted(store: Store, subscription: str, publisher: str, offer: str, plan: str) -> bool:
    found = store.get(AGREEMENTS, _name(subscription, publisher, offer, plan))
    return bool(found and read(found, "properties.accepted"))


def agreement(call: Call, publisher: str, offer: str, plan: str) -> Answer:
    """GET, PUT and cancel of an offer's terms."""
    if not facts.offer_of(publisher, offer).skus:
        raise ArmError(400, "BadRequest", f"Offer with PublisherId: '{publisher}', OfferId: '{offer}' not found.")
    name = _name(call.id.subscription, publisher, offer, plan)
    verb = call.request.method
    if verb in ("PUT", "POST"):
        cancelled = call.request.path.lower().endswith("/cancel")
        agreed = not cancelled and (verb == "POST" or bool(read(call.body, "properties.accepted")))
        call.store.put(AGREEMENTS, name, {"properties": {"accepted": agreed, "acceptedDate": zulu()}})
    agreed = accepted(call.store, call.id.subscription, publisher, offer, plan)
    return Answer.json(_agreement(call, publisher, offer, plan, agreed))


def versions(call: Call, location: str, names: tuple[str, ...]) -> Answer:
    """`…/publishers/P/artifacttypes/vmimage/offers/O/skus/S/versions[/V]`."""
    publisher, offer, sku, *version = names
    found = image({"publisher": publisher, "offer": offer, "sku": sku, "version": version[0] if version else "latest"})
    base = call.id.path.rstrip("/")
    if not version:
        return Answer.json([{"name": each, "location": location, "id": f"{base}/{each}"} for each in found.versions])
    properties: dict[str, Any] = {
        "hyperVGeneration": found.generation,
        "osDiskImage": {"operatingSystem": "Linux", "sizeInGb": found.size},
        "dataDiskImages": [],
        "architecture": "Arm64" if found.arm else "x64",
    }
    if found.plan:
        properties["plan"] = {"publisher": publisher, "name": sku, "product": offer}
    return Answer.json({"name": version[0], "location": location, "id": base, "properties": properties})


def _agreement(call: Call, publisher: str, offer: str, plan: str, agreed: bool) -> Body:
    terms = "https://storage.rehearsal.example/terms"
    return {
        "id": call.id.path,
        "name": plan,
        "type": "Microsoft.MarketplaceOrdering/offertypes",
        "properties": {
            "publisher": publisher,
            "product": offer,
            "plan": plan,
            "licenseTextLink": f"{terms}/license.txt",
            "privacyPolicyLink": f"{terms}/privacy.txt",
            "marketplaceTermsLink": f"{terms}/marketplace.txt",
            "retrieveDatetime": zulu(),
            "signature": "REHEARSAL",
            "accepted": agreed,
        },
    }


def _name(subscription: str, *names: str) -> str:
    return " ".join((subscription, *names)).lower()
