"""What stands in the user's files: passwords, keys, host keys and the cluster's users."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cluster_provision.settings.draft import ExistingDraft, ExistingRuleResult
from cluster_provision.settings.inventory.secrets import is_placeholder
from cluster_provision.settings.readers.slurm.users import users_of
from cluster_provision.settings.ssh_keys import private_key

if TYPE_CHECKING:
    from pathlib import Path


def files(draft: ExistingDraft) -> ExistingRuleResult:
    """Fill in the texts of the files."""
    fields = ("ssh_password_file", "sudo_password_file", "ssh_known_hosts", "ssh_key_file", "users_file")
    if not draft.good(*fields):
        return ExistingRuleResult()
    s = draft.settings
    problems: list[str] = []
    filled = replace(
        s,
        ssh_password=_password(s.ssh_password_file, "SSH_PASSWORD_FILE", problems),
        sudo_password=_password(s.sudo_password_file, "SUDO_PASSWORD_FILE", problems),
        known_hosts_text=s.ssh_known_hosts.read_text("utf-8-sig") if s.ssh_known_hosts else "",
        users=users_of(s.users_file.read_text("utf-8-sig")) if s.users_file else (),
    )
    notes = []
    if s.ssh_key_file and private_key(s.ssh_key_file.read_text("utf-8-sig")).encrypted:
        notes.append(
            f"SSH_KEY_FILE={s.ssh_key_file} has a passphrase, which the tool doesn't ask for: add the key to ssh-agent "
            "(SSH_AUTH_SOCK), or give one without"
        )
    return ExistingRuleResult(tuple(problems), tuple(notes), filled)


def _password(path: Path | None, name: str, problems: list[str]) -> str:
    """Return the only line of a file; white space within it belongs to the password."""
    if path is None:
        return ""
    lines = path.read_text("utf-8-sig").splitlines()
    if len(lines) != 1 or not lines[0]:
        problems.append(f"{name}={path} holds {len(lines)} lines; it must hold the password, on one line")
        return ""
    if is_placeholder(lines[0]):
        problems.append(f"{name}={path} holds a placeholder; write the password in its place")
        return ""
    return lines[0]
