"""Storage accounts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from embedded_cloud.azure.bodies import read, with_value
from embedded_cloud.azure.failure import ArmError
from embedded_cloud.times import zulu

if TYPE_CHECKING:
    from embedded_cloud.azure.call import Call
    from embedded_cloud.store import Body

NAME = re.compile(r"[a-z0-9]{3,24}")
SERVICES = ("blob", "dfs", "file", "queue", "table", "web")
TLS = {"TLS1_0", "TLS1_1", "TLS1_2", "TLS1_3"}


def account(call: Call, old: Body | None, body: Body) -> Body:
    name = body["name"]
    if not NAME.fullmatch(name):
        raise ArmError(
            400,
            "AccountNameInvalid",
            f"{name} is not a valid storage account name. Storage account name must be between 3 and 24 characters in "
            "length and use numbers and lower-case letters only.",
        )
    there = call.context.blobs.account(name)
    if old is None and there is not None:
        raise ArmError(409, "StorageAccountAlreadyTaken", f"The storage account named {name} is already taken.")
    sku = dict(body["sku"])
    sku["tier"] = str(sku["name"]).partition("_")[0]
    body = {**body, "sku": sku}
    now = read(old, "properties.creationTime") if old else zulu()
    body = with_value(body, "properties.creationTime", now)
    body = with_value(body, "properties.keyCreationTime", {"key1": now, "key2": now})
    body = with_value(body, "properties.primaryLocation", body["location"])
    body = with_value(body, "properties.statusOfPrimary", "available")
    hosts = {each: f"https://{name}.{each}.core.windows.net/" for each in SERVICES if each != "web"}
    body = with_value(body, "properties.primaryEndpoints", {**hosts, "web": f"https://{name}.z1.web.core.windows.net/"})
    if read(body, "properties.minimumTlsVersion") not in TLS:
        raise ArmError(400, "InvalidValueForTlsVersion", "The minimum TLS version is not valid.")
    return body


DEFAULTS = {"Microsoft.Storage/storageAccounts": account}
