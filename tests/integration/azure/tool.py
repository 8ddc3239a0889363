"""The tool run with CLOUD=azure as a user runs it, on a cloud of each test's own."""

from __future__ import annotations

import hashlib
import os
import subprocess
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from embedded_cloud.azure import tokens
from embedded_cloud.azure.login import TENANT
from tests.integration.conftest import Tool, killed_outright

if TYPE_CHECKING:
    from pathlib import Path

SUBSCRIPTION = "11111111-2222-3333-4444-555555555555"
MANAGEMENT = "https://management.azure.com"
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/demo-rg"
SCALE_SET = f"{GROUP}/providers/Microsoft.Compute/virtualMachineScaleSets/demo"
# Small machines, so that uniform mode isn't the default.
SETTINGS = {
    "CLOUD": "azure",
    "SUBSCRIPTION_ID": SUBSCRIPTION,
    "LOCATION": "eastus2",
    "NAME_PREFIX": "demo",
    "SKU": "Standard_NC24ads_A100_v4",
    "ALLOWED_CIDRS": "203.0.113.7",
}


@dataclass
class AzureTool(Tool):
    """No terminal is there, so a new pair's private half goes to `key_file`, unless a test has a key of its own."""

    settings: dict[str, str] = field(default_factory=lambda: dict(SETTINGS))

    @property
    def key_file(self) -> Path:
        return self.folder / "demo.key"

    def variables(self, **settings: str) -> dict[str, str]:
        own = {} if "SSH_PATH" in settings else {"SSH_KEY_FILE": str(self.key_file)}
        return super().variables(**{**own, **settings})

    @classmethod
    def of(cls, tool: Tool) -> AzureTool:
        """The same cloud, asked for clusters on Azure."""
        return cls(tool.folder, tool.environment, tool.mirror)

    def no_changes(self, **settings: str) -> bool:
        """Whether Plan finds nothing to do."""
        found: dict[str, int] = self.result("Plan", **settings)["changes"]
        return not any(found.values())

    def removes(self, node: str) -> None:
        """The machine of this computer name goes, without the tool."""
        listed = self.arm("GET", f"{SCALE_SET}/virtualMachines", version="2025-04-01")["value"]
        (machine,) = [each for each in listed if each["properties"]["osProfile"]["computerName"] == node]
        if number := machine.get("instanceId"):
            self.arm("POST", f"{SCALE_SET}/delete", {"instanceIds": [number]}, version="2025-04-01")
        else:
            self.arm("DELETE", machine["id"], version="2025-04-01")

    def arm(self, method: str, path: str, body: Any = None, version: str = "2023-07-01") -> Any:
        return arm(method, path, body, version)


def arm(method: str, path: str, body: Any = None, version: str = "2023-07-01") -> Any:
    """What Resource Manager answers; it has to be a success."""
    import requests

    signed = {"Authorization": f"Bearer {tokens.token(MANAGEMENT, TENANT, 'somebody')}"}
    asked = requests.request(
        method, f"{MANAGEMENT}{path}", json=body, params={"api-version": version}, headers=signed, timeout=10
    )
    assert asked.ok, asked.text
    return asked.json() if asked.content else {}


def container() -> Any:
    """The tool's own container in the subscription, as azure-storage-blob sees it."""
    from azure.storage.blob import BlobServiceClient

    from cluster_provision.clouds.azure.credentials import find_credentials

    account = f"aiinfratf{hashlib.sha256(SUBSCRIPTION.encode()).hexdigest()[:12]}"
    token = find_credentials(os.environ).token
    return BlobServiceClient(f"https://{account}.blob.core.windows.net", token).get_container_client("terraform")


def killed_when(azure: AzureTool, text: str, **settings: str) -> None:
    """A Create that is killed, with its Terraform, once it has said this; its lock is cleared as its message says.

    Its machines, which come last, take their time: however late the kill comes, the run is not over.
    """
    azure.goes_wrong({"match": {"host": "machines.rehearsal.internal", "method": "BOOT"}, "delay": 10})
    process = subprocess.Popen(
        azure.command("Create"), env=azure.variables(**settings), stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    assert any(text in line for line in iter(process.stderr.readline, ""))
    killed_outright(process)
    azure.goes_wrong()
    azure.result("Create", expected=14, **settings)
    from azure.storage.blob import BlobLeaseClient

    state = "demo-deployment/terraform/state/default.tfstate"
    BlobLeaseClient(container().get_blob_client(state)).break_lease()


def secrets_in(azure: AzureTool, private: str) -> list[Path]:
    """The files below the test's folder that hold the key; blobs lie there too."""
    needle = private.splitlines()[3].encode()  # the first lines are alike in all keys
    return [each for each in azure.folder.rglob("*") if each.is_file() and needle in each.read_bytes()]
