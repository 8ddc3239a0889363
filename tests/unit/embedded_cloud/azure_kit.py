"""Azure in this process, asked without the door."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from embedded_cloud.azure import tokens
from embedded_cloud.azure.login import TENANT
from tests.unit.embedded_cloud.asked_cloud import until

if TYPE_CHECKING:
    from embedded_cloud.exchange import Answer
    from tests.unit.embedded_cloud.asked_cloud import Asked

SUBSCRIPTION = "11111111-2222-3333-4444-555555555555"
CLIENT = "5c1e0f7a-0000-4000-8000-00000000a2e2"
ROOT = f"/subscriptions/{SUBSCRIPTION}"
GROUP = f"{ROOT}/resourceGroups/g"
NETWORK = f"{GROUP}/providers/Microsoft.Network"
COMPUTE = f"{GROUP}/providers/Microsoft.Compute"
HOST = "management.azure.com"
PLACE = {"location": "westeurope"}


class Azure:
    """Short ways to ask Resource Manager; `status` is what each call has to end with."""

    def __init__(self, asked: Asked) -> None:
        self.asked = asked

    def ask(self, method: str, path: str, body: Any = None, token: str = "", query: str = "") -> Answer:
        token = token or tokens.token("https://management.azure.com", TENANT, CLIENT)
        target = f"{path}?api-version=2025-01-01{query}"
        return self.asked.ask(method, HOST, target, body, {"authorization": f"Bearer {token}"})

    def json(self, method: str, path: str, body: Any = None, status: int | None = None, query: str = "") -> Any:
        answer = self.ask(method, path, body, query=query)
        assert answer.status == status if status is not None else answer.status < 300, answer.body
        return json.loads(answer.body) if answer.body else {}

    def refused(self, method: str, path: str, body: Any = None, status: int = 400) -> tuple[str, str]:
        """Code and message of a refusal."""
        error = self.json(method, path, body, status)["error"]
        return error["code"], error["message"]

    def group(self) -> None:
        self.json("PUT", GROUP, PLACE, 201)

    def network(self) -> str:
        """A network with one subnet; the subnet's id."""
        self.group()
        space = {"addressSpace": {"addressPrefixes": ["10.0.0.0/16"]}}
        self.json("PUT", f"{NETWORK}/virtualNetworks/v", {**PLACE, "properties": space})
        subnet = f"{NETWORK}/virtualNetworks/v/subnets/s"
        self.json("PUT", subnet, {"properties": {"addressPrefix": "10.0.0.0/24"}})
        return subnet

    def load_balancer(self) -> None:
        """One with a public address, whose NAT rule leads to port 22 of each machine in the pool `nodes`."""
        address = {"sku": {"name": "Standard"}, "properties": {"publicIPAllocationMethod": "Static"}}
        self.json("PUT", f"{NETWORK}/publicIPAddresses/ip", {**PLACE, **address}, 201)
        path = f"{NETWORK}/loadBalancers/lb"
        front = {"publicIPAddress": {"id": f"{NETWORK}/publicIPAddresses/ip"}}
        rule = {
            "frontendIPConfiguration": {"id": f"{path}/frontendIPConfigurations/public"},
            "backendAddressPool": {"id": f"{path}/backendAddressPools/nodes"},
            "protocol": "Tcp",
            "frontendPortRangeStart": 50000,
            "frontendPortRangeEnd": 50099,
            "backendPort": 22,
        }
        parts = {
            "frontendIPConfigurations": [{"name": "public", "properties": front}],
            "backendAddressPools": [{"name": "nodes"}],
            "inboundNatRules": [{"name": "ssh", "properties": rule}],
        }
        self.json("PUT", path, {**PLACE, "sku": {"name": "Standard"}, "properties": parts}, 201)

    def security(self, *rules: dict[str, Any]) -> None:
        """The subnet has a security group with these rules, each given as its `properties`."""
        path = f"{NETWORK}/networkSecurityGroups/nsg"
        shared = {"protocol": "Tcp", "direction": "Inbound", "sourcePortRange": "*", "destinationAddressPrefix": "*"}
        made = [
            {"name": f"rule{at}", "properties": {**shared, "priority": 100 + at, **rule}}
            for at, rule in enumerate(rules)
        ]
        self.json("PUT", path, {**PLACE, "properties": {"securityRules": made}})
        subnet = {"addressPrefix": "10.0.0.0/24", "networkSecurityGroup": {"id": path}}
        self.json("PUT", f"{NETWORK}/virtualNetworks/v/subnets/s", {"properties": subnet})

    def scale_set(
        self,
        size: int,
        *,
        mode: str = "Uniform",
        name: str = "ss",
        status: int = 201,
        pool: str = "",
        custom_data: str = "I2Nsb3Vk",
        computers: str = "vm-",
        **more: Any,
    ) -> Any:
        """A scale set in the network's subnet, and in a load balancer's `pool`; waits for nothing."""
        its: dict[str, Any] = {"subnet": {"id": f"{NETWORK}/virtualNetworks/v/subnets/s"}, "primary": True}
        its |= {"loadBalancerBackendAddressPools": [{"id": pool}]} if pool else {}
        address = {"name": "ip", "properties": its}
        card = {"name": "nic", "properties": {"primary": True, "ipConfigurations": [address]}}
        image = {"publisher": "microsoft-dsvm", "offer": "ubuntu-hpc", "sku": "2204", "version": "latest"}
        network = {"networkApiVersion": "2020-11-01", "networkInterfaceConfigurations": [card]}
        profile = {
            "osProfile": {"computerNamePrefix": computers, "adminUsername": "azureuser", "customData": custom_data},
            "storageProfile": {"imageReference": image, "osDisk": {"createOption": "FromImage"}},
            "networkProfile": network,
        }
        properties = {"orchestrationMode": mode, "upgradePolicy": {"mode": "Manual"}, "virtualMachineProfile": profile}
        sku = {"name": "Standard_NC24ads_A100_v4", "capacity": size, **more.pop("sku", {})}
        body = {**PLACE, "sku": sku, "properties": {**properties, **more.pop("properties", {})}, **more}
        return self.json("PUT", f"{COMPUTE}/virtualMachineScaleSets/{name}", body, status)

    def settled(self, name: str = "ss") -> Any:
        """The scale set once nothing is under way."""
        path = f"{COMPUTE}/virtualMachineScaleSets/{name}"
        states = ("Succeeded", "Failed")
        return until(lambda: (found := self.json("GET", path))["properties"]["provisioningState"] in states and found)

    def machines(self, name: str = "ss") -> list[Any]:
        path = f"{COMPUTE}/virtualMachineScaleSets/{name}/virtualMachines"
        found: list[Any] = self.json("GET", path, query="&$expand=instanceView")["value"]
        return found
