"""The user's own file for cloud-init: which of the forms that cloud-init reads it has, and whether it can be read."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, Any

from cluster_provision.node_files import own_paths
from cluster_provision.settings.reading import BadValue

if TYPE_CHECKING:
    from collections.abc import Iterator

# docs.cloud-init.io/en/latest/explanation/format.html: what the first line says. Other forms (#include,
# #cloud-boothook, #part-handler, archives) can be parts of a MIME file.
FORMS = "a first line #cloud-config and YAML, a script that begins with #!, or a MIME file"
_MIME = ("content-type:", "mime-version:", "from nobody")


def check_cloud_init(text: str) -> None:
    """Raises BadValue where cloud-init would take no notice of the text, couldn't read it, or would write in place of
    what the tool itself writes on a machine."""
    first = text.partition("\n")[0].strip()
    if not text.strip():
        raise BadValue(f"is empty; it needs {FORMS}")
    if first.startswith("#!"):
        return
    if not first.lower().startswith(_MIME) and first != "#cloud-config":
        raise BadValue(f"is nothing that cloud-init reads: it needs {FORMS}")
    configs = [_config(each) for each in (_parts(text) if first != "#cloud-config" else (text,))]
    _check_files([path for config in configs for path in _written(config)])


def _parts(text: str) -> Iterator[str]:
    """The cloud-configs of a MIME file."""
    from email import message_from_string

    for part in message_from_string(text).walk():
        if part.get_content_type() == "text/cloud-config":
            content = part.get_payload(decode=True)
            yield content.decode(errors="replace") if isinstance(content, bytes) else ""


def _written(config: dict[str, Any]) -> Iterator[str]:
    """The paths that a cloud-config writes, less what in them means nothing."""
    files = config.get("write_files")
    for each in files if isinstance(files, list) else ():
        if isinstance(each, dict) and isinstance(each.get("path"), str):
            yield posixpath.normpath(each["path"])


def _check_files(paths: list[str]) -> None:
    """The user's files come after the tool's own: a script of old would say again that whatever it found has passed."""
    taken = sorted(own_paths().intersection(paths))
    if taken:
        raise BadValue(
            f"writes {', '.join(taken)}, which the tool itself writes on each machine: take that out of write_files. "
            "All that the old scripts' own cloud-init.yaml does is built in: leave CLOUD_INIT out in place of that file"
        )


def _config(text: str) -> dict[str, Any]:
    """The cloud-config's map. Raises BadValue where it is none."""
    import yaml

    try:
        found = yaml.safe_load(text)
    except yaml.MarkedYAMLError as failure:
        mark = failure.problem_mark
        where = f" in line {mark.line + 1}" if mark else ""
        raise BadValue(f"is no YAML{where}: {failure.problem}") from None
    except yaml.YAMLError:
        raise BadValue("is no YAML: it holds a character that YAML doesn't take") from None
    if found is not None and not isinstance(found, dict):
        raise BadValue("is no map, as cloud-init's data has to be: top-level keys such as packages: and runcmd:")
    return found or {}
