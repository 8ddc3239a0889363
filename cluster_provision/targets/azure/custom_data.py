"""The custom data of an Azure scale set: what cloud-init does on each machine at its first start.

A MIME multi-part, as https://cloudinit.readthedocs.io/en/latest/explanation/format.html has it (read 2026-11-25), of
the user's CLOUD_INIT and of this tool's own parts: a cloud-config that writes the node's files, and a script that
begins with them. The same input gives the same bytes, so that a second Plan shows no change.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
from dataclasses import replace
from email import message_from_bytes
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.policy import compat32
from typing import TYPE_CHECKING, Any

from cluster_provision.errors import SettingsError
from cluster_provision.node_files import BOOTSTRAP, CONFIG_FILE, NODE, copied_files

if TYPE_CHECKING:
    from email.message import Message
    from pathlib import Path

    from cluster_provision.targets.azure.node_config import NodeConfig

LIMIT = 65535
"""Bytes, before base64: https://learn.microsoft.com/rest/api/compute/virtual-machine-scale-sets/create-or-update
(osProfile.customData, read 2026-11-25)."""

RAY_ALONE = "steps/ray_packages.sh"

COMMENT = re.compile(r"^[ \t]*#(?!!| shellcheck ).*\n", re.MULTILINE)
"""A line that is a comment in bash, Python, awk and units alike, less the first line that names the program."""

# Ours is merged into the user's, and so whatever the user's says of merging holds among the user's own parts alone:
# nothing of ours can get lost. Of lists ours come first, and of all else the user's word holds.
# https://cloudinit.readthedocs.io/en/latest/reference/merging.html (read 2026-11-25)
MERGE_TYPE = "list(prepend)+dict(no_replace,recurse_list)+str()"
# Scripts run in the order of their names, those of `runcmd` under that name: ours first, the user's own last.
OUR_SCRIPT = "000-cluster"
USERS_SCRIPT = "user-cloud-init"


def custom_data(config: NodeConfig, user: str = "", node: Path = NODE) -> str:
    """The custom data in base64, as Azure takes it, for the machines' `config` and the text of the user's CLOUD_INIT.

    `node` is the folder with the bootstrap's files. Raises SettingsError where it is more than Azure takes.
    """
    packed = _packed(_message(config, user, node))
    if len(packed) > LIMIT:
        own = len(_packed(_message(replace(config, startup_command=""), "", node)))
        given = {"CLOUD_INIT": user, "STARTUP_COMMAND": config.startup_command}
        named = " and ".join(f"{name} ({len(text.encode()):,} bytes)" for name, text in given.items() if text)
        raise SettingsError(
            (
                f"{named}: packed together with what the tool itself gives to each machine ({own:,} bytes) that makes "
                f"{len(packed):,} bytes, and Azure takes {LIMIT:,} at most",
            ),
            "Make it smaller by letting it fetch what is large, or copy files to the machines by mounting them at "
            "/usr/aiinfra/copy; nothing was changed.",
        )
    return base64.b64encode(packed).decode()


def _message(config: NodeConfig, user: str, node: Path) -> bytes:
    parts: list[Message] = [_users_part(user)] if user.strip() else []
    parts += [_our_config(config, user, node), _our_script(node)]
    digest = hashlib.sha256(b"".join(part.as_bytes() for part in parts)).hexdigest()
    whole = MIMEMultipart(boundary=f"cluster-{digest}", _subparts=parts)
    return whole.as_bytes()


def _users_part(user: str) -> Message:
    if "mime-version:" in user[:4096].lower() or user.lower().startswith("content-type:"):
        return message_from_bytes(user.encode(), policy=compat32)
    kind = "x-shellscript" if user.startswith("#!") else "cloud-config"
    return _part(user, kind, USERS_SCRIPT)


def _our_config(config: NodeConfig, user: str, node: Path) -> Message:
    files = [
        _file(CONFIG_FILE, config.to_json(cloud_init=bool(user.strip())), "0600"),
        _file(BOOTSTRAP, bootstrap(node, ray=bool(config.orchestrator.get("ray"))), "0755"),
    ]
    files += [
        _file(path, bare(source.read_text(encoding="utf-8")), "0755" if path.startswith("/opt/") else "0644")
        for path, source in copied_files(node).items()
    ]
    # JSON is YAML too, and its texts need no care with indentation.
    part = _part("#cloud-config\n" + json.dumps({"write_files": files}, indent=0) + "\n", "cloud-config", "cluster")
    part["Merge-Type"] = MERGE_TYPE
    return part


def bootstrap(node: Path, *, ray: bool) -> str:
    """The joined bootstrap of an Azure machine: the files that node/azure/order names, without their comments; without
    the list of Ray's packages where there is no Ray, since its hashes are a quarter of all that is sent."""
    names = (node / "azure/order").read_text(encoding="utf-8").split()
    wanted = [name for name in names if ray or name != RAY_ALONE]
    return "\n".join(bare((node / name).read_text(encoding="utf-8")) for name in wanted)


def bare(text: str) -> str:
    """The text of a node's file without its comments, which are a fifth of what would be sent: Azure takes little."""
    return COMMENT.sub("", text)


def _our_script(node: Path) -> Message:
    return _part((node / "azure/begin.sh").read_text(encoding="utf-8"), "x-shellscript", OUR_SCRIPT)


def _part(text: str, kind: str, name: str) -> Message:
    """A part of text; in base64 where it isn't plain ASCII, since cloud-init reads 8bit as Latin-1."""
    part = MIMENonMultipart("text", kind, charset="utf-8")
    if text.isascii():
        part["Content-Transfer-Encoding"] = "7bit"
        part.set_payload(text)
    else:
        part["Content-Transfer-Encoding"] = "base64"
        part.set_payload(base64.encodebytes(text.encode()).decode())
    part["Content-Disposition"] = f'attachment; filename="{name}"'
    return part


def _file(path: str, content: str, mode: str) -> dict[str, Any]:
    return {"path": path, "permissions": mode, "content": content}


def _packed(message: bytes) -> bytes:
    return gzip.compress(message, 9, mtime=0)
