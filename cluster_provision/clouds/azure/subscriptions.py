"""Looks a subscription up by its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.clouds.azure.api import AzureApi
from cluster_provision.errors import SettingsError

if TYPE_CHECKING:
    from cluster_provision.clouds.azure.credentials import Credentials

SUBSCRIPTIONS = "2022-12-01"


def subscription_named(credentials: Credentials, name: str) -> str:
    """Return the id of the only subscription of this name that the caller sees, in any case.

    https://learn.microsoft.com/rest/api/resources/subscriptions/list. Raises SettingsError for none, and for several.
    """
    found = AzureApi(credentials, "").pages("/subscriptions", SUBSCRIPTIONS, f"looking for subscription {name}")
    ids = [str(each["subscriptionId"]) for each in found if str(each.get("displayName", "")).lower() == name.lower()]
    if len(ids) == 1:
        return ids[0]
    told = f"there are {len(ids)} of this name ({', '.join(ids)})" if ids else "you see no subscription of this name"
    raise SettingsError(
        (f"subscription_name={name} (CONFIG_FILE): {told}",),
        "`az account list --output table` shows yours. Set SUBSCRIPTION_ID, which wins.",
    )
