"""Azure's marketplace images: images.toml, and what their names tell."""

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
    """What images.toml says of a publisher's offer; that file says what each word means."""

    publisher: str
    offer: str
    skus: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    generation: int = 0
    disk_gb: int = 0
    terms: bool = False
    unsigned_drivers: bool = False
    arm_ending: str = ""


def offer_of(publisher: str, offer: str) -> Offer:
    """The offer, in any case; one of which nothing is known where the table doesn't have it."""
    return known_offers().get((publisher.casefold(), offer.casefold()), Offer(publisher, offer))


@cache
def known_offers() -> Mapping[tuple[str, str], Offer]:
    """All offers of the table, by publisher and offer in lower case."""
    found = [
        Offer(**{**facts, "skus": {sku: tuple(versions) for sku, versions in facts["skus"].items()}})
        for facts in table("azure", "images")["offers"]
    ]
    return {(each.publisher, each.offer): each for each in found}


def architecture_of(publisher: str, offer: str, sku: str) -> Architecture:
    """The processors that the image is for, empty where neither name nor table tells."""
    if "arm64" in sku.casefold():
        return "arm64"
    ending = offer_of(publisher, offer).arm_ending
    if ending:
        return "arm64" if sku.casefold().endswith(ending) else "x64"
    return ""


def generation_of(publisher: str, offer: str, sku: str) -> int:
    """The generation of virtual machines that the image boots on, 0 where neither name nor table tells."""
    sku = sku.casefold()
    told = re.search("gen-?([12])", sku)
    if told:
        return int(told[1])
    ubuntu = publisher.casefold() == "canonical" and offer.casefold().startswith("0001-com-ubuntu-server-")
    if ubuntu and "arm64" not in sku:
        return 1
    return offer_of(publisher, offer).generation
