"""What stands in the user's files for Azure: the public key, the private one, and cloud-init's data."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cluster_provision.settings.draft import AzureDraft, AzureFinding
from cluster_provision.settings.ssh_keys import public_key

if TYPE_CHECKING:
    from pathlib import Path


def keys(draft: AzureDraft) -> AzureFinding:
    """The public key's text, and where its private half lies if that is told or beside it."""
    if not draft.good("ssh_path", "ssh_private_key", "ssh_key_file"):
        return AzureFinding()
    settings = draft.settings
    if settings.ssh_path and settings.ssh_key_file:
        return AzureFinding(
            (
                f"SSH_PATH={settings.ssh_path} and SSH_KEY_FILE={settings.ssh_key_file} exclude each other: a pair is "
                "made, and its private half written, only where no public key is given; remove one of the two",
            )
        )
    private = settings.ssh_private_key or next(
        (p for p in _private_halves(settings.ssh_path, settings.ssh_key_file)), None
    )
    public = public_key(settings.ssh_path.read_text("utf-8-sig")) if settings.ssh_path else ""
    return AzureFinding(settings=replace(settings, ssh_public_key=public, ssh_private_key=private))


def _private_halves(public: Path | None, made: Path | None) -> list[Path]:
    """Where the private half would be: beside a public key that ends with .pub, or where the tool wrote it."""
    beside = public.with_suffix("") if public and public.suffix == ".pub" else None
    return [path for path in (beside, made) if path and path.is_file()]


def cloud_init(draft: AzureDraft) -> AzureFinding:
    """The text of CLOUD_INIT."""
    if not draft.good("cloud_init") or not draft.settings.cloud_init:
        return AzureFinding()
    text = draft.settings.cloud_init.read_text("utf-8-sig")
    return AzureFinding(settings=replace(draft.settings, cloud_init_text=text))
