"""Terraform's environment, chosen and not inherited.

A stray TF_CLI_CONFIG_FILE, TF_LOG, TF_VAR_x or GOOGLE_PROJECT of the caller must not change a run. So Terraform gets
only the variables by which providers and backends find credentials and the network.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cluster_provision.terraform.hcl import to_hcl

if TYPE_CHECKING:
    from collections.abc import Mapping

PASSED_ON = (
    "PATH",
    "HOME",
    "LANG",
    "TMPDIR",
    # the network
    "HTTPS_PROXY",
    "https_proxy",
    "HTTP_PROXY",
    "http_proxy",
    "NO_PROXY",
    "no_proxy",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    # Google's credentials, as its client libraries read them
    "GOOGLE_OAUTH_ACCESS_TOKEN",
    "GOOGLE_APPLICATION_CREDENTIALS",
    "CLOUDSDK_CONFIG",
    "GCE_METADATA_HOST",
    "NO_GCE_CHECK",
    # parts of federated credentials: an allowed executable, or AWS's variables (google.aip.dev/auth/4117, 4116)
    "GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
    # Azure's, which the target sets (clouds/azure/terraform.py)
    "ARM_SUBSCRIPTION_ID",
    "ARM_TENANT_ID",
    "ARM_CLIENT_ID",
    "ARM_CLIENT_SECRET",
    "ARM_CLIENT_CERTIFICATE_PATH",
    "ARM_CLIENT_CERTIFICATE_PASSWORD",
    "ARM_USE_MSI",
    "ARM_MSI_ENDPOINT",
    "ARM_USE_CLI",
)

FIXED = {"TF_IN_AUTOMATION": "1", "CHECKPOINT_DISABLE": "1", "TF_INPUT": "0"}


def terraform_environment(environ: Mapping[str, str], cli_config: Path) -> dict[str, str]:
    """Return the whole environment of a Terraform process; `cli_config` is its CLI configuration file.

    A blank variable counts as none, as it does for the tool: Terraform would send blanks as a token.
    """
    passed = {name: environ[name] for name in PASSED_ON if environ.get(name, "").strip()}
    return {**passed, **FIXED, "TF_CLI_CONFIG_FILE": str(cli_config)}


IMAGE_PROVIDERS = Path("/opt/terraform/providers")
"""The folder of an image that was built with providers."""


@dataclass(frozen=True)
class Providers:
    """The source of providers: `mirror`, or the registry for None. `locked`: the committed lock file must hold."""

    mirror: Path | None
    locked: bool


def providers_from(user_mirror: Path | None) -> Providers:
    """Return the user's own mirror, whose builds the lock file doesn't know; else the image's; else the registry."""
    if user_mirror is not None:
        return Providers(user_mirror.resolve(), locked=False)
    if IMAGE_PROVIDERS.is_dir() and any(IMAGE_PROVIDERS.iterdir()):
        return Providers(IMAGE_PROVIDERS, locked=True)
    return Providers(None, locked=True)


def write_cli_config(path: Path, providers: Providers) -> None:
    """Write Terraform's CLI configuration: with a mirror, Terraform takes providers from there only."""
    lines = ["disable_checkpoint = true"]
    if providers.mirror is not None:
        folder = to_hcl(str(providers.mirror))
        lines.append(f"provider_installation {{\n  filesystem_mirror {{\n    path = {folder}\n  }}\n}}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
