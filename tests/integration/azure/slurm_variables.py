"""Variables of terraform/azure/slurm: a small cluster, to which tests add."""

from __future__ import annotations

import base64
from typing import Any

from tests.integration.azure.modules import GROUPS, KEY
from tests.integration.azure.tool import SUBSCRIPTION


def slurm_variables() -> dict[str, Any]:
    return {
        "subscription_id": SUBSCRIPTION,
        "location": "westeurope",
        "name_prefix": "demo",
        "tags": {"aiinfra-cluster": "abc123", "owner": "me"},
        "resource_group": {"name": "demo-rg", "create": True},
        "access": {"public": True, "allowed_cidrs": ["203.0.113.0/24"]},
        "machines": {
            "admin": "azureuser",
            "public_key": KEY,
            "os_disk_gb": 256,
            "image": {
                "reference": {"publisher": "microsoft-dsvm", "offer": "ubuntu-hpc", "sku": "2404", "version": "latest"}
            },
        },
        "controller": {"size": "Standard_D4s_v5", "data_disk_gb": 128},
        "login": {"count": 1, "size": "Standard_D4s_v5"},
        "scale_sets": {
            "demo-hpc-1": {
                "pool": "hpc",
                "nodes": 8,
                "sku": "Standard_NC24ads_A100_v4",
                "computer_name_prefix": "demo-hpc-1-",
                "single_placement_group": True,
            }
        },
        "state": {
            "account_id": f"{GROUPS}/state-before/providers/Microsoft.Storage/storageAccounts/statedemo",
            "container": "terraform",
            "deployment": "demo-deployment",
        },
        "custom_data": {"controller": data("controller"), "login": data("login"), "pools": {"hpc": data("hpc")}},
    }


def data(text: str) -> str:
    return base64.b64encode(f"#cloud-config\n# {text}\n".encode()).decode()
