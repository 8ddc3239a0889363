"""The user's own file for cloud-init: which of the forms that cloud-init reads it has, and whether it can be read."""

from __future__ import annotations

from cluster_provision.settings.reading import BadValue

# docs.cloud-init.io/en/latest/explanation/format.html: what the first line says. Other forms (#include,
# #cloud-boothook, #part-handler, archives) can be parts of a MIME file.
FORMS = "a first line #cloud-config and YAML, a script that begins with #!, or a MIME file"
_MIME = ("content-type:", "mime-version:", "from nobody")


def check_cloud_init(text: str) -> None:
    """Raises BadValue where cloud-init would take no notice of the text, or couldn't read it."""
    first = text.partition("\n")[0].strip()
    if not text.strip():
        raise BadValue(f"is empty; it needs {FORMS}")
    if first.startswith("#!") or first.lower().startswith(_MIME):
        return
    if first != "#cloud-config":
        raise BadValue(f"is nothing that cloud-init reads: it needs {FORMS}")
    _check_yaml(text)


def _check_yaml(text: str) -> None:
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
