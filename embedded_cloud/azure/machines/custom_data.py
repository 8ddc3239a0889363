"""A machine's custom data, parsed as cloud-init parses it: the files that it would write.

https://cloudinit.readthedocs.io/en/22.4/explanation/format.html (read 2026-11-25)
"""

from __future__ import annotations

import base64
import binascii
import email
import gzip
import json
import zlib
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

CONFIG_FILE = "/etc/cluster/config.json"
GZIP = b"\x1f\x8b"
# A part of a general type has the type that its first line names.
CLOUD_CONFIG = "text/cloud-config"
BEGINNINGS = {"#cloud-config": CLOUD_CONFIG, "#!": "text/x-shellscript", "#include": "text/x-include-url"}
GENERAL = ("text/plain", "text/x-not-multipart", "application/octet-stream")
CODED = ("b64", "base64")
PACKED = ("gz", "gzip")


def config_of(encoded: str) -> dict[str, Any] | None:
    """The node configuration in a scale set's customData; None where none can be read."""
    try:
        found = json.loads(written_files(encoded).get(CONFIG_FILE, ""))
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def written_files(encoded: str) -> dict[str, str]:
    """The files that the cloud-configs in base64 custom data write (`write_files`): texts by path."""
    files: dict[str, str] = {}
    for kind, text in parts(encoded):
        if kind == CLOUD_CONFIG:
            files |= dict(_files_of(text))
    return files


def parts(encoded: str) -> Iterator[tuple[str, str]]:
    """Content type and text of each part; none where cloud-init couldn't read it either."""
    try:
        raw = _unpacked(base64.b64decode(encoded, validate=False))
    except (ValueError, OSError, EOFError, zlib.error):
        return
    message = email.message_from_bytes(raw)
    if not message.is_multipart():
        text = raw.decode(errors="replace")
        yield _kind("text/plain", text), text
        return
    for part in message.walk():
        if part.is_multipart():
            continue
        payload = part.get_payload(decode=True)
        text = _unpacked(payload if isinstance(payload, bytes) else b"").decode(errors="replace")
        yield _kind(part.get_content_type(), text), text


def _kind(told: str, text: str) -> str:
    if told not in GENERAL:
        return told
    return next((kind for beginning, kind in BEGINNINGS.items() if text.startswith(beginning)), told)


def _files_of(text: str) -> Iterator[tuple[str, str]]:
    try:
        config = yaml.safe_load(text)
    except yaml.YAMLError:
        return
    for each in (config.get("write_files") or ()) if isinstance(config, dict) else ():
        if isinstance(each, dict) and "path" in each:
            yield str(each["path"]), _content(str(each.get("content", "")), str(each.get("encoding", "")))


def _content(content: str, encoding: str) -> str:
    """The decoded content; `encoding` is any of gz, gzip, b64, base64, gz+b64, gzip+base64."""
    given = encoding.lower().split("+")
    try:
        raw = base64.b64decode(content) if any(each in CODED for each in given) else content.encode()
        return (_unpacked(raw) if any(each in PACKED for each in given) else raw).decode(errors="replace")
    except (binascii.Error, OSError, EOFError, zlib.error):
        return content


def _unpacked(raw: bytes) -> bytes:
    return gzip.decompress(raw) if raw.startswith(GZIP) else raw
