"""Reads Azure's names.

Sources: learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules, and the checks of provider
azurerm 5.2.0, which come before Azure's own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from cluster_provision.settings.readers.azure.ids import GROUP, ResourceId
from cluster_provision.settings.readers.texts import Text
from cluster_provision.settings.reading import BadValue, folded

# A scale set's name holds 64 characters, and so does a virtual network's: the longest name with the prefix is
# "<prefix>-vnet".
LONGEST_PREFIX = 64 - len("-vnet")
_PLACEHOLDER = ("<.*>|\\[.*\\]|\\$.*", "this is a placeholder; replace it with your own")
_NAME = "[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?"
_NAME_SENTENCE = "letters, digits and hyphens, beginning and ending with a letter or digit"

SUBSCRIPTION = Text(
    "subscription ID",
    "[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}",
    "it looks like 00000000-0000-0000-0000-000000000000 (`az account show --query id`)",
    hints=(
        ("/subscriptions/.*", "give the ID alone, without /subscriptions/ before it"),
        _PLACEHOLDER,
        (".*[^0-9A-Fa-f-].*", "this looks like the subscription's name; give its ID (`az account show --query id`)"),
    ),
)

NAME_PREFIX = Text(
    "name prefix",
    _NAME,
    f"allowed are {_NAME_SENTENCE}, at most {LONGEST_PREFIX}",
    longest=LONGEST_PREFIX,
    hints=(_PLACEHOLDER,),
)

SCALE_SET = Text(
    "scale set's name", _NAME, f"allowed are {_NAME_SENTENCE}, at most 64", longest=64, hints=(_PLACEHOLDER,)
)

RESOURCE_GROUP = Text(
    "resource group's name",
    "[A-Za-z0-9_.()-]*[A-Za-z0-9_()-]",
    "allowed are letters, digits and _ - . ( ), at most 90, not ending with a period",
    longest=90,
    hints=(
        ("/subscriptions/.*", "give the group's name alone, not its resource ID"),
        (".*\\.", "it must not end with a period"),
    ),
)

# A machine's name is the prefix and Azure's six characters, and a host's name holds 64.
LONGEST_MACHINE_PREFIX = 58
MACHINE_PREFIX = Text(
    "prefix of machines' names",
    "[A-Za-z0-9][A-Za-z0-9-]*",
    f"allowed are letters, digits and hyphens, beginning with a letter or digit, at most {LONGEST_MACHINE_PREFIX}; "
    "Azure adds six characters",
    longest=LONGEST_MACHINE_PREFIX,
)

# learn.microsoft.com/azure/virtual-machines/linux/faq, and linux_admin_username.go of the provider.
FORBIDDEN_ADMINS = frozenset(
    {"administrator", "admin", "user", "user1", "test", "user2", "test1", "user3", "admin1", "1", "123", "a", "actuser"}
    | {"adm", "admin2", "aspnet", "backup", "console", "david", "guest", "john", "owner", "root", "server", "sql"}
    | {"support", "support_388945a0", "sys", "test2", "test3", "user4", "user5"}
)
_ADMIN = Text(
    "Linux user's name",
    "[a-z_][a-z0-9_-]*",
    "allowed are lower-case letters, digits, _ and -, beginning with a letter or _, at most 32",
    longest=32,
    hints=((".*[A-Z].*", "Linux users' names are in lower case here"),),
)


@dataclass(frozen=True)
class Admin:
    """The user that Azure makes on each machine."""

    type_name: str = _ADMIN.type_name
    spaces: str = "refused"

    @property
    def allowed(self) -> str:
        return f"{_ADMIN.allowed}; Azure refuses {', '.join(sorted(FORBIDDEN_ADMINS))}"

    def read(self, text: str) -> str:
        if folded(text) in FORBIDDEN_ADMINS:
            raise BadValue("is one of the names that Azure refuses; choose another, such as azureuser")
        return _ADMIN.read(text)

    def show(self, value: Any) -> str:
        return str(value)

    def schema(self) -> dict[str, Any]:
        return _ADMIN.schema()


@dataclass(frozen=True)
class Location:
    """A region, by its name (eastus2) or by its display name (East US 2)."""

    type_name: str = "Azure region"
    allowed: str = (
        "a region's name, such as eastus2 or East US 2 (`az account list-locations --subscription <SUBSCRIPTION_ID>`)"
    )
    spaces: str = "ignored"

    def read(self, text: str) -> str:
        """Return the region's name: lower-case letters and digits."""
        if re.fullmatch(_PLACEHOLDER[0], text):
            raise BadValue(f"is a placeholder; replace it with {self.allowed}")
        name = folded(text.replace(" ", ""))
        if not (text.isascii() and re.fullmatch("[a-z]+[a-z0-9]*", name)) or len(name) > 40:
            advice = "a location has no zone in it: set ZONES" if re.fullmatch("[a-z0-9]+-[0-9]", name) else ""
            raise BadValue(f"is not a region: {advice or f'give {self.allowed}'}")
        return name

    def show(self, value: Any) -> str:
        return str(value or "")

    def schema(self) -> dict[str, Any]:
        return {"pattern": "^\\s*[A-Za-z][A-Za-z0-9 ]*\\s*$"}


_IDENTITY = ResourceId(f"{GROUP}/Microsoft.ManagedIdentity/userAssignedIdentities/<name>")


@dataclass(frozen=True)
class ManagedIdentity:
    """A user-assigned managed identity, by its resource ID."""

    type_name: str = "managed identity's resource ID"
    allowed: str = (
        "/subscriptions/<id>/resourceGroups/<group>/providers/Microsoft.ManagedIdentity/userAssignedIdentities/<name> "
        "(`az identity list --subscription <SUBSCRIPTION_ID>`)"
    )
    spaces: str = "refused"

    def read(self, text: str) -> str:
        """Return the ID in Azure's spelling."""
        found = _IDENTITY.read(text)
        if not found and re.fullmatch(SUBSCRIPTION.pattern, text):
            raise BadValue(f"is a client or object ID; give the resource ID, {self.allowed}")
        if not found:
            raise BadValue(f"is not a managed identity's resource ID; it looks like {self.allowed}")
        return found

    def show(self, value: Any) -> str:
        return str(value or "")

    def schema(self) -> dict[str, Any]:
        return {"pattern": f"^{_IDENTITY.pattern}$"}
