"""What comes before anything is made on Azure: a new key is handed over, an image's terms are accepted."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cluster_provision.targets.azure.keys import goes_with_the_container, hand_over

if TYPE_CHECKING:
    from collections.abc import Callable

    from cluster_provision.clouds.azure.catalogue import AzureCatalogue, MarketplacePlan
    from cluster_provision.clouds.azure.cloud import Azure
    from cluster_provision.result import Result
    from cluster_provision.settings import AzureSettings
    from cluster_provision.targets.azure.keys import Pair


def hand_over_key(pair: Pair, settings: AzureSettings, result: Result, say: Callable[[str], None]) -> None:
    """Hand a new key over: to SSH_KEY_FILE, else in the result."""
    if pair.made and pair.private is not None:
        if not hand_over(pair, settings):
            result.connection = replace(result.connection, private_key=pair.private.decode())
        elif lost := goes_with_the_container(settings):
            say(lost)


def accept_terms(
    plan: MarketplacePlan | None,
    settings: AzureSettings,
    clouds: tuple[Azure, AzureCatalogue],
    say: Callable[[str], None],
) -> None:
    """Accept what the image is sold under, where the user has said so."""
    cloud, catalogue = clouds
    if plan is not None and settings.accept_terms and not catalogue.terms_accepted(plan):
        cloud.accept_terms(plan)
        say(f"  the terms of {plan.publisher}:{plan.product}:{plan.name} are accepted")
