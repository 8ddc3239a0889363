"""What tests of a Slurm cluster on Azure run the tool on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tests.integration.azure.tool import SUBSCRIPTION

if TYPE_CHECKING:
    from tests.integration.azure.tool import AzureTool

PROJECT = Path(__file__).parents[3]
EXAMPLE = PROJECT / "examples" / "azure-slurm.list"
ROLE = PROJECT / "docs" / "azure-role.json"


def on_the_example(azure: AzureTool, **settings: str) -> AzureTool:
    """The tool on examples/azure-slurm.list, with these settings besides."""
    lines = [line for line in EXAMPLE.read_text().splitlines() if line and not line.startswith("#")]
    given = dict(line.split("=", 1) for line in lines)
    azure.settings = {**given, "SUBSCRIPTION_ID": SUBSCRIPTION, "NAME_PREFIX": "demo", "RESOURCE_GROUP": "demo-rg"}
    azure.settings.pop("SSH_KEY_FILE")
    azure.settings |= settings
    return azure
