"""How the tool itself runs, where Azure differs."""

# ruff: noqa: RUF009 - parameter() returns a dataclass field
from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cluster_provision.settings.parameter import parameter
from cluster_provision.settings.readers.choices import YesNo
from cluster_provision.settings.readers.paths import Folder

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class AzureRunParameters:
    """The run."""

    yes: bool = parameter(
        YesNo(),
        default=False,
        cloud="azure",
        since="0.1.0",
        run_only=True,
        help="Whether Report sends what it shows to Azure. Without it, nothing is sent.",
        example="yes",
    )
    provider_mirror: Path | None = parameter(
        Folder(
            holding="registry.terraform.io/hashicorp/azurerm",
            layout="Terraform's filesystem mirror (registry.terraform.io/hashicorp/azurerm/...)",
        ),
        default=None,
        default_text="the providers in the image, else Terraform's registry",
        cloud="made",
        since="0.1.0",
        run_only=True,
        help="A folder from which Terraform takes its providers, in the layout of its filesystem mirror.",
        example="/opt/mirror",
    )
