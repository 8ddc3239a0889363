"""Azure's marketplace images: images.toml, and the facts that follow from their names."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Literal

from cloud_facts.tables import table

if TYPE_CHECKING:
    from collections.abc import Mapping

Architecture = Literal["x64", "arm64", ""]


@dataclass(frozen=True)
class Offer:
    """A publisher's offer; images.toml says what each field means."""

    publisher: str
    offer: str
    skus: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    generation: int = 0
    disk_gb: int = 0
    terms: bool = False
    unsigned_drivers: bool = False
    arm_ending: str = ""


def offer_of(publisher: str, offer: str) -> Offer:
    """Return the offer of this name, in any case; where the table lacks it, one without facts."""
    return known_offers().get((publisher.casefold(), offer.casefold()), Offer(publisher, offer))


@cache
def known_offers() -> Mapping[tuple[str, str], Offer]:
    """Return all offers of the table, by publisher and offer in lower case."""
    found = [
        Offer(**{**facts, "skus": {sku: tuple(versions) for sku, versions in facts["skus"].items()}})
        for facts in table("azure", "images")["offers"]
    ]
    return {(each.publisher, each.offer): each for each in found}


def architecture_of(publisher: str, offer: str, sku: str) -> Architecture:
    """Return the processors that the image is for; empty where neither name nor table says."""
    if "arm64" in sku.casefold():
        return "arm64"
    ending = offer_of(publisher, offer).arm_ending
    if ending:
        return "arm64" if sku.casefold().endswith(ending) else "x64"
    return ""


def generation_of(publisher: str, offer: str, sku: str) -> int:
    """Return the generation of virtual machines that the image boots on; 0 where neither name nor table says."""
    sku = sku.casefold()
    told = re.search("gen-?([12])", sku)
    if told:
        return int(told[1])
    ubuntu = publisher.casefold() == "canonical" and offer.casefold().startswith("0001-com-ubuntu-server-")
    if ubuntu and "arm64" not in sku:
        return 1
    return offer_of(publisher, offer).generation
