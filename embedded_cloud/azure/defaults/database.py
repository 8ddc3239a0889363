"""Servers of Azure Database for MySQL: their parameters, and the passwords that they take.

Sources: learn.microsoft.com/azure/mysql/flexible-server (concepts-server-parameters, concepts-networking), and what
azurerm 5.2.0 reads back (read 2026-12-01).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from embedded_cloud.azure import tokens
from embedded_cloud.azure.bodies import read, with_value
from embedded_cloud.azure.failure import ArmError, invalid
from embedded_cloud.azure.ids import key
from embedded_cloud.azure.references import everything

if TYPE_CHECKING:
    from embedded_cloud.azure.call import Call
    from embedded_cloud.store import Body

SERVER = "Microsoft.DBforMySQL/flexibleServers"
CONFIGURATION = f"{SERVER}/configurations"
SUFFIX = "mysql.database.azure.com"
PASSWORD = "properties.administratorLoginPassword"  # noqa: S105 where it stands in a body
CLASSES = ("[a-z]", "[A-Z]", "[0-9]", "[^A-Za-z0-9]")
# The parameters that are known here, with Azure's values; every server has all of its parameters from the start.
PARAMETERS = {"innodb_lock_wait_timeout": "50", "require_secure_transport": "ON", "max_allowed_packet": "16777216"}


def server(call: Call, old: Body | None, body: Body) -> Body:
    """Complete a server, with its parameters. Raises ArmError for a name that another server of Azure has, or a
    password that is too simple."""
    password = str(read(body, PASSWORD) or "")
    if old is None:
        taken = [each["id"] for each in everything(call.store) if each.get("type") == SERVER]
        if any(each.rpartition("/")[2].lower() == body["name"].lower() for each in taken):
            raise ArmError(409, "ServerNameAlreadyExists", f"Specified server name is already used: {body['name']}.")
        if not password:
            raise invalid("The property 'administratorLoginPassword' is required.", "InvalidParameterValue")
        for name, value in PARAMETERS.items():
            _keep(call, f"{body['id']}/configurations/{name}", CONFIGURATION, value)
    if password and (not 8 <= len(password) <= 128 or sum(bool(re.search(each, password)) for each in CLASSES) < 3):
        raise ArmError(400, "PasswordNotComplex", "Password validation failed. The password is not complex enough.")
    if (body.get("identity") or {}).get("type") == "None":
        body = {name: value for name, value in body.items() if name != "identity"}  # of what is off, nothing is told
    host = f"{body['name'].lower()}.{SUFFIX}"
    if password and old is not None:
        claims = tokens.bearer(call.request) or {}
        user = read(body, "properties.administratorLogin")
        call.context.scale_sets.password_is_set(str(claims.get("oid")), f"{host}\n{user}\n{password}\n")
    return with_value(body, "properties.fullyQualifiedDomainName", host)


def configuration(call: Call, old: Body | None, body: Body) -> Body:
    """A parameter keeps its default's value beside its own."""
    default = read(old, "properties.defaultValue") if old else PARAMETERS.get(body["name"], "")
    return with_value(body, "properties.defaultValue", default)


def _keep(call: Call, path: str, kind: str, value: str) -> None:
    given = {"value": value, "defaultValue": value, "source": "system-default"}
    call.store.put(*key(path), {"id": path, "name": path.rpartition("/")[2], "type": kind, "properties": given})


DEFAULTS = {SERVER: server, CONFIGURATION: configuration}
