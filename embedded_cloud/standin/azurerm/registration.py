"""The namespaces that the provider registers before it does anything else. Source: internal/resourceproviders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from embedded_cloud.standin.https import ApiError

if TYPE_CHECKING:
    from embedded_cloud.standin.azurerm.api import Api

_VERSION: Final = "2022-09-01"
# Of the sets that a provider block may name: `core`, the default of version 5, and `none`.
CORE: Final = (
    "Microsoft.Authorization",
    "Microsoft.Compute",
    "Microsoft.CostManagement",
    "Microsoft.ManagedIdentity",
    "Microsoft.MarketplaceOrdering",
    "Microsoft.Network",
    "Microsoft.Resources",
    "Microsoft.Storage",
)
_SAYS: Final = """{what}.
Terraform automatically attempts to register the Azure Resource Providers it supports, to
ensure it is able to provision resources.
If you don't have permission to register Resource Providers you may wish to disable this
functionality by adding the following to the Provider block:

provider "azurerm" {{
  resource_provider_registrations = "none"
}}

Please note that if you opt out of Resource Provider Registration and Terraform tries
to provision a resource from a Resource Provider which is unregistered, then the errors
may appear misleading - for example:

> API version 2019-XX-XX was not found for Microsoft.Foo

Could suggest that the Resource Provider "Microsoft.Foo" requires registration, but
this could also indicate that this Azure Region doesn't support this API version.

More information on the "resource_provider_registrations" property can be found here:
https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs#resource-provider-registrations

Encountered the following errors:

{causes}"""


class NotRegistered(Exception):
    """A namespace could not be registered; the message is the provider's."""


def register(api: Api, subscription: str, wanted: tuple[str, ...]) -> None:
    """Register those of `wanted` that are not. Raises NotRegistered."""
    if not wanted:
        return
    root = f"/subscriptions/{subscription}/providers"
    try:
        listed = api.call("GET", root, _VERSION).body.get("value") or []
    except ApiError as refused:
        raise NotRegistered(
            f"populating Resource Provider cache: listing Resource Providers: loading results: {refused}"
        ) from None
    states = {str(each.get("namespace", "")).lower(): each.get("registrationState") for each in listed}
    causes, forbidden = [], False
    for name in wanted:
        if states.get(name.lower()) == "Registered":
            continue
        try:
            api.call("POST", f"{root}/{name}/register", _VERSION, {})
        except ApiError as refused:
            forbidden = forbidden or refused.status == 403
            sort = "authorization failed: " if refused.status == 403 else ""
            causes.append(f'{sort}registering resource provider "{name}": {refused}')
    if causes:
        what = (
            "Terraform does not have the necessary permissions to register Resource Providers"
            if forbidden
            else "Encountered an error whilst ensuring Resource Providers are registered"
        )
        raise NotRegistered(_SAYS.format(what=what, causes="\n".join(causes)))
