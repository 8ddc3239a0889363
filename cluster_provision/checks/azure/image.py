"""Checks that the image exists, fits the size, and that its marketplace terms are accepted."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from cluster_provision.checks.base import Finding
from cluster_provision.errors import SettingsError
from cluster_provision.result import Check

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cluster_provision.checks.azure.demand import Demand
    from cluster_provision.checks.azure.subject import AzureSubject
    from cluster_provision.clouds.azure.catalogue import ImageFacts

NAME = "image"


def image(subject: AzureSubject) -> Finding:
    """Look up a marketplace image with its version. For an image by its id, see only whether it exists."""
    s = subject.settings
    named = s.image.text
    if s.image.id:
        if subject.catalogue.has_image(s.image.id):
            return Finding((Check(NAME, "ok", named),))
        return _failed(f"IMAGE={named}: there is no such image, or you can't see it")
    facts = subject.image()
    if facts is None:
        return _failed(
            f"IMAGE={named}: {s.location} has no such image; `az vm image list --all --publisher "
            f"{s.image.publisher} --location {s.location} --subscription {s.subscription_id} --output table` lists the "
            "images there"
        )
    problems = tuple(_problems(subject, facts))
    if problems:
        return Finding((Check(NAME, "failed", problems[0]),), (SettingsError(problems),))
    terms = ", this Create accepts its terms" if facts.plan and not _accepted(subject, facts) else ""
    return Finding((Check(NAME, "ok", f"{named.rpartition(':')[0]}, version {facts.version}{terms}"),))


def _problems(subject: AzureSubject, facts: ImageFacts) -> Iterator[str]:
    s = subject.settings
    for demand in {each.sku.lower(): each for each in subject.machines}.values():
        yield from _unfit(subject, demand, facts)
    if facts.plan and not s.accept_terms and not _accepted(subject, facts):
        plan = facts.plan
        yield (
            f"IMAGE={s.image.text} is sold under terms that this subscription has not accepted; read them, and set "
            f"ACCEPT_TERMS=yes, or run `az vm image terms accept --publisher {shlex.quote(plan.publisher)} --offer "
            f"{shlex.quote(plan.product)} --plan {shlex.quote(plan.name)} --subscription {s.subscription_id}`"
        )


def _unfit(subject: AzureSubject, demand: Demand, facts: ImageFacts) -> Iterator[str]:
    """What keeps machines of this size from starting from the image."""
    image, given = f"IMAGE={subject.settings.image.text}", f"{demand.setting}={demand.sku}"
    sku = subject.sku(demand.sku)
    told = sku.capabilities if sku is not None else {}
    generations = told.get("HyperVGenerations", "")
    if facts.generation and generations and facts.generation not in generations.split(","):
        yield (
            f"{image} is of generation {facts.generation.lstrip('V')}, and {given} boots only generation "
            f"{generations.replace('V', '')}; choose an image of that generation"
        )
    architecture = told.get("CpuArchitectureType", "")
    if facts.architecture and architecture and facts.architecture.lower() != architecture.lower():
        yield f"{image} is for {facts.architecture}, and {given} is {architecture}; choose an image for {architecture}"


def _accepted(subject: AzureSubject, facts: ImageFacts) -> bool:
    return facts.plan is None or subject.catalogue.terms_accepted(facts.plan)


def _failed(problem: str) -> Finding:
    return Finding((Check(NAME, "failed", problem),), (SettingsError((problem,)),))
