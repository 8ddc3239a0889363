"""Checks the user's own file for cloud-init: does it have a form that cloud-init reads, and can it be parsed?"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, Any

from cluster_provision.node_files import own_paths
from cluster_provision.settings.reading import BadValue

if TYPE_CHECKING:
    from collections.abc import Iterator

# docs.cloud-init.io/en/latest/explanation/format.html: the first line names the form. Other forms (#include,
# #cloud-boothook, #part-handler, archives) can be parts of a MIME file.
FORMS = "a first line #cloud-config and YAML, a script that begins with #!, or a MIME file"
_MIME = ("content-type:", "mime-version:", "from nobody")


def check_cloud_init(text: str) -> None:
    """Raise BadValue if cloud-init would ignore the text or fail to parse it, or if it overwrites the tool's files."""
    first = text.partition("\n")[0].strip()
    if not text.strip():
        raise BadValue(f"is empty; it needs {FORMS}")
    if first.startswith("#!"):
        return
    if not first.lower().startswith(_MIME) and first != "#cloud-config":
        raise BadValue(f"has no form that cloud-init reads: it needs {FORMS}")
    configs = [_config(each) for each in (_parts(text) if first != "#cloud-config" else (text,))]
    _check_files([path for config in configs for path in _written(config)])


def _parts(text: str) -> Iterator[str]:
    """Yield the cloud-configs of a MIME file."""
    from email import message_from_string

    for part in message_from_string(text).walk():
        if part.get_content_type() == "text/cloud-config":
            content = part.get_payload(decode=True)
            yield content.decode(errors="replace") if isinstance(content, bytes) else ""


def _written(config: dict[str, Any]) -> Iterator[str]:
    """Yield the paths that a cloud-config writes, normalised."""
    files = config.get("write_files")
    for each in files if isinstance(files, list) else ():
        if isinstance(each, dict) and isinstance(each.get("path"), str):
            yield posixpath.normpath(each["path"])


def _check_files(paths: list[str]) -> None:
    """Refuse the tool's own paths: the user's files are written later, and an old script would report false passes."""
    taken = sorted(own_paths().intersection(paths))
    if taken:
        raise BadValue(
            f"writes {', '.join(taken)}, which the tool itself writes on each machine: remove that from write_files. "
            "The tool does all that the old scripts' own cloud-init.yaml does: leave CLOUD_INIT out in place of that "
            "file"
        )


def _config(text: str) -> dict[str, Any]:
    """Return the cloud-config's map. Raises BadValue where it is none."""
    import yaml

    try:
        found = yaml.safe_load(text)
    except yaml.MarkedYAMLError as failure:
        mark = failure.problem_mark
        where = f" in line {mark.line + 1}" if mark else ""
        raise BadValue(f"is not valid YAML{where}: {failure.problem}") from None
    except yaml.YAMLError:
        raise BadValue("is not valid YAML: it holds a character that YAML forbids") from None
    if found is not None and not isinstance(found, dict):
        raise BadValue("is not a map, as cloud-init requires: top-level keys such as packages: and runcmd:")
    return found or {}
