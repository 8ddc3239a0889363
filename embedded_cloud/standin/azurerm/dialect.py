"""The azurerm provider: its configuration, and what its code adds to a plan. Source: internal/provider/provider.go."""

from __future__ import annotations

import importlib
import os
import threading
from typing import TYPE_CHECKING, Any, Final

from embedded_cloud.standin.azurerm import codecs, ids
from embedded_cloud.standin.azurerm.account import Account, features_of
from embedded_cloud.standin.planning import known
from embedded_cloud.standin.table import Table
from embedded_cloud.standin.wire import error

if TYPE_CHECKING:
    from embedded_cloud.standin.azurerm.api import Api
    from embedded_cloud.standin.azurerm.lifecycle import Lifecycle
    from embedded_cloud.standin.schema import Schemas
    from embedded_cloud.standin.wire import Path, Values, type_of_messages

# Types that are not made as most are: the module and the class that know how. Imported when one is met.
_KINDS: Final = {
    "azurerm_key_vault": ("key_vault", "Vault"),
    "azurerm_linux_virtual_machine": ("machine", "LinuxMachine"),
    "azurerm_linux_virtual_machine_scale_set": ("scale_set", "LinuxScaleSet"),
    "azurerm_lb_nat_rule": ("load_balancer", "NatRule"),
    "azurerm_mysql_flexible_server": ("mysql", "Server"),
    "azurerm_mysql_flexible_server_configuration": ("mysql", "Configuration"),
    "azurerm_nat_gateway_public_ip_association": ("association", "NatGatewayAddress"),
    "azurerm_network_interface": ("interface", "Interface"),
    "azurerm_network_interface_backend_address_pool_association": ("association", "InterfacePool"),
    "azurerm_orchestrated_virtual_machine_scale_set": ("scale_set", "OrchestratedScaleSet"),
    "azurerm_private_endpoint": ("private_endpoint", "PrivateEndpoint"),
    "azurerm_resource_group": ("resource_group", "ResourceGroup"),
    "azurerm_role_assignment": ("role_assignment", "RoleAssignment"),
    "azurerm_role_definition": ("role_definition", "RoleDefinition"),
    "azurerm_subnet_nat_gateway_association": ("association", "SubnetNatGateway"),
    "azurerm_subnet_network_security_group_association": ("association", "SubnetSecurityGroup"),
    "azurerm_virtual_machine_data_disk_attachment": ("association", "DataDisk"),
}


class Azurerm:
    """See dialect.py for what each method is for."""

    def __init__(self, table: Table, schemas: Schemas) -> None:
        self._table, self._schemas = table, schemas
        self._account = Account()
        self._api: Api | None = None
        self._stopped = threading.Event()

    def configure(self, config: Values) -> list[type_of_messages]:
        from embedded_cloud.standin.azurerm.api import Api
        from embedded_cloud.standin.azurerm.credentials import Given, Refused, token_source
        from embedded_cloud.standin.azurerm.registration import CORE, NotRegistered, register

        given, api = Given(config, os.environ), Api(self._stopped)
        subscription = given.text("subscription_id")
        if not subscription and not given.may_ask_cli:
            text = "`subscription_id` is a required provider property when performing a plan/apply operation"
            return [error(text)]
        try:
            source = token_source(given, api.exchange)
        except Refused as refused:
            return [error(f"unable to build authorizer for Resource Manager API: {refused}")]
        try:
            api.acts_for(source)
        except Refused as refused:
            return [error(f"building account: could not acquire access token to parse claims: {refused}")]
        if not subscription:
            text = "subscription ID could not be determined and was not specified"
            return [error(f"building account: unable to configure ResourceManagerAccount: {text}")]
        self._api = api
        self._account = Account(subscription, features_of(config.get("features")))
        chosen = given.text("resource_provider_registrations") or "core"
        try:
            register(api, subscription, () if chosen == "none" else CORE)
        except NotRegistered as refused:
            return [error(str(refused))]
        return []

    def planned(self, name: str, planned: Values, prior: Values | None) -> tuple[Values, list[type_of_messages]]:
        return planned, []

    def replaces(self, name: str, prior: Values, planned: Values) -> list[Path]:
        """A scale set may spread to more zones, and never leaves one."""
        if not name.endswith("_virtual_machine_scale_set") or not known(planned.get("zones")):
            return []
        gone = set(prior.get("zones") or ()) - set(planned.get("zones") or ())
        return [("zones",)] if gone else []

    def lifecycle(self, name: str) -> Lifecycle:
        block = self._schemas.block("resource", name)
        return _kind(name)(name, self._table.row(name), block, self._configured(), self._account)

    def data(self, name: str, config: Values) -> Values:
        from embedded_cloud.standin.azurerm.data_source import read

        row, block = self._table.data_row(name), self._schemas.block("data_source", name)
        return read(row, block, config, self._configured(), self._account.subscription)

    def imported(self, name: str, identifier: str) -> Values:
        row = self._table.row(name)
        return {**ids.parts(row.id, identifier), **row.imports, "id": identifier}

    def stop(self) -> None:
        self._stopped.set()

    def _configured(self) -> Api:
        if self._api is None:
            raise RuntimeError("the provider is not configured")
        return self._api


def _kind(name: str) -> type[Lifecycle]:
    from embedded_cloud.standin.azurerm.lifecycle import Lifecycle

    if name not in _KINDS:
        return Lifecycle
    module, kind = _KINDS[name]
    found: type[Lifecycle] = getattr(importlib.import_module(f"{__package__}.{module}"), kind)
    return found


def open_dialect(tables: dict[str, Any], schemas: Schemas) -> tuple[Table, Azurerm]:
    """The tables with this provider's manner, and the dialect on them."""
    table = Table(tables, codecs)
    return table, Azurerm(table, schemas)
