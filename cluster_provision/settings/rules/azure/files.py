"""Rules for the content of the user's files for Azure: the public key, the private one, and cloud-init's data."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cluster_provision.settings.draft import AzureDraft, AzureRuleResult
from cluster_provision.settings.reading import BadValue
from cluster_provision.settings.ssh_keys import private_key, public_key

if TYPE_CHECKING:
    from pathlib import Path


def keys(draft: AzureDraft) -> AzureRuleResult:
    """Fill in the public key's text, and the path of its private half: the given one, or the one beside it."""
    if not draft.good("ssh_path", "ssh_private_key", "ssh_key_file"):
        return AzureRuleResult()
    settings = draft.settings
    if settings.ssh_path and settings.ssh_key_file:
        return AzureRuleResult(
            (
                f"SSH_PATH={settings.ssh_path} and SSH_KEY_FILE={settings.ssh_key_file} exclude each other: the tool "
                "makes a pair, and writes its private half, only without a public key; remove one of the two",
            )
        )
    halves = _private_halves(settings.ssh_path, settings.ssh_key_file)
    private = settings.ssh_private_key or (halves[0] if halves else None)
    public = public_key(settings.ssh_path.read_text("utf-8-sig")) if settings.ssh_path else ""
    problems, notes = _fitting(settings.ssh_path, public, settings.ssh_private_key, private)
    return AzureRuleResult(problems, notes, replace(settings, ssh_public_key=public, ssh_private_key=private))


def _fitting(
    path: Path | None, public: str, given: Path | None, private: Path | None
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return problems and notes about a private half: it must fit the public one, and work without a passphrase."""
    try:
        told = private_key(private.read_text("utf-8-sig")) if private else None
    except (BadValue, OSError, UnicodeDecodeError):
        return (), ()  # a file beside a public key may be anything; a given file was read before
    if told is None:
        return (), ()
    if given and public and told.public and told.public != public.split()[1]:
        return (f"SSH_PRIVATE_KEY={given} is not the private half of SSH_PATH={path}; give the two of one pair",), ()
    if told.encrypted:
        note = (
            f"the private key {private} has a passphrase, which the tool doesn't ask for: UpdateHosts, Gather, Run and "
            "Benchmark need it in ssh-agent (SSH_AUTH_SOCK), or a key without one"
        )
        return (), (note,)
    return (), ()


def _private_halves(public: Path | None, made: Path | None) -> list[Path]:
    """Return the possible files of the private half: beside a public key ending in .pub, or the tool's own file."""
    beside = public.with_suffix("") if public and public.suffix == ".pub" else None
    return [path for path in (beside, made) if path and path.is_file()]


def cloud_init(draft: AzureDraft) -> AzureRuleResult:
    """Fill in the text of CLOUD_INIT."""
    if not draft.good("cloud_init") or not draft.settings.cloud_init:
        return AzureRuleResult()
    text = draft.settings.cloud_init.read_text("utf-8-sig")
    return AzureRuleResult(settings=replace(draft.settings, cloud_init_text=text))
