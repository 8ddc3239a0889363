"""docs/parameters.md, docs/parameters.schema.json and docs/machine-types.md, made from declarations and tables.

python -m cluster_provision.settings.document docs
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cluster_provision.settings.catalogue import GCP
from cluster_provision.settings.declared.action import TITLES
from cluster_provision.settings.document_machines import machine_types_markdown
from cluster_provision.settings.misspelt import FORMER
from cluster_provision.settings.readers.choices import Choice

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cluster_provision.settings.parameter import Parameter

INTRODUCTION = """# Parameters

<!-- Made by `make docs` from cluster_provision/settings/declared: don't edit. -->

Everything is set by environment variables, most easily in a file for `docker run --env-file` (examples:
[gcp-quickstart.list](../examples/gcp-quickstart.list), [env.list](../examples/env.list)).
[parameters.schema.json](parameters.schema.json) holds the same for editors and pipelines.

- **Empty means unset.** The default holds then.
- **Values are verbatim**, since Docker passes them so: quotes around a value become part of it, `$` and backslashes
  stand for themselves, a `#` after a value belongs to it. Quotes around a value are pointed out, and so is white space
  at its ends: it is an error where it would become part of the value, and ignored with a note around numbers, words and
  lists.
- **Words may be written in any case**: `Create`, `Ray`, `YES`. Names may not.
- **All problems are reported at once**, with exit code 2, before anything is touched.
- **Not in this version** marks values that the tool knows and doesn't build yet. They are refused, never ignored.
- **Parameters of an orchestrator** that isn't the chosen one are ignored, with one line that names them.
- **Misspelt names**: a variable that is one letter (or only case or underscores) away from an unset parameter of the
  cluster with at least eight letters, such as `INSTANCE_COUNTS`, is an error, because the run would go on without it.
  Other near misses are pointed out, and the run goes on.
- **Maps** (`METADATA`, `LABELS`) are written in HCL on one line: `{ key1 = "val", key2 = "val2" }`. Keys may be quoted,
  `:` may stand for `=`, a comma may follow the last item, `{}` is empty. In a string, `\\"`, `\\\\`, `\\n`, `\\r`,
  `\\t`, `\\uXXXX` and `\\UXXXXXXXX` are escapes. Nothing is evaluated: `${` and `%{` are text, and so are `$${` and
  `%%{`, which the old tool needed for them. Numbers, `true` and `false` are kept as text.
- **Secrets don't belong here.** `METADATA` and `STARTUP_COMMAND` appear in no message, log or upload of the tool, but
  they stand in the Terraform state, and any user of a machine can read them there.
"""


def parameters_markdown() -> str:
    """The text of docs/parameters.md."""
    parts = [INTRODUCTION, _summary()]
    group = ""
    for parameter in GCP.parameters:
        if parameter.group != group:
            group = parameter.group
            parts.append(f"## {group}\n")
        parts.append(_section(parameter))
    parts.append("## Names of older tools\n\nThey are pointed out and ignored.\n")
    parts.append("".join(f"- `{name}`: {instead}\n" for name, instead in FORMER.items()))
    return "\n".join(parts)


def parameters_schema() -> dict[str, Any]:
    """The content of docs/parameters.schema.json: the environment as an object of text values."""
    properties: dict[str, Any] = {}
    for parameter in GCP.parameters:
        properties[parameter.name] = _property(parameter)
        for alias, turned in parameter.declaration.aliases.items():
            described: dict[str, Any] = {"type": "string", "description": f"Means the opposite of {parameter.name}."}
            properties[alias] = described if turned else {**properties[parameter.name], "x-alias-of": parameter.name}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "cluster-provision's environment",
        "description": "Made by `make docs` from the declarations. Rules across parameters are the tool's own.",
        "type": "object",
        "properties": properties,
        "required": [p.name for p in GCP.parameters if p.declaration.mandatory],
        "additionalProperties": True,
    }


def _summary() -> str:
    rows = [
        "| parameter | default | in short |",
        "|---|---|---|",
        *(
            f"| [{p.name}](#{p.name.lower()}) | {_cell(default_of(p))} | {_cell(_first_sentence(p.declaration.help))} |"
            for p in GCP.parameters
        ),
    ]
    return "\n".join(rows) + "\n"


def _section(parameter: Parameter) -> str:
    declaration = parameter.declaration
    lines = [f"### {parameter.name}\n", f"{_plain(declaration.help)}\n", *_facts(parameter)]
    return "\n".join(lines) + "\n"


def _facts(parameter: Parameter) -> Iterator[str]:
    declaration = parameter.declaration
    unit = f" ({declaration.unit})" if declaration.unit else ""
    yield f"- Values: {_plain(declaration.reader.type_name)}{unit}: {_plain(_allowed(parameter))}"
    yield f"- Default: {_plain(default_of(parameter))}"
    yield f"- Example: `{parameter.name}={declaration.example}`"
    for alias, turned in declaration.aliases.items():
        yield f"- Another name: `{alias}`{' (with the opposite meaning)' if turned else ''}"
    if declaration.cloud != "all":
        yield f"- Cloud: {declaration.cloud}"
    if declaration.orchestrator:
        yield f"- Only with `ORCHESTRATOR_TYPE={declaration.orchestrator}`"
    if declaration.since:
        yield f"- Since: {declaration.since}"
    yield from (f"- **Not in this version**: `{value}`; {_plain(why)}" for value, why in _later_values(parameter))
    if isinstance(declaration.reader, Choice):
        yield from (f"- Refused: `{value}`; {_plain(why)}" for value, why in declaration.reader.refused.items())


def _later_values(parameter: Parameter) -> tuple[tuple[str, str], ...]:
    reader = parameter.declaration.reader
    return tuple(reader.later.items()) if isinstance(reader, Choice) else ()


def _allowed(parameter: Parameter) -> str:
    if parameter.name == "ACTION":
        return ", ".join(TITLES.values())
    return parameter.declaration.reader.allowed.removeprefix("allowed are ")


def default_of(parameter: Parameter) -> str:
    """The parameter's default in words, as the documents have it."""
    declaration = parameter.declaration
    if declaration.mandatory:
        return "none: it must be set"
    return declaration.default_text or declaration.reader.show(declaration.default) or "unset"


def _property(parameter: Parameter) -> dict[str, Any]:
    declaration = parameter.declaration
    found: dict[str, Any] = {"type": "string", "description": declaration.help}
    found |= declaration.reader.schema()
    if "pattern" in found and not declaration.mandatory:
        found["pattern"] = f"^$|{found['pattern']}"  # empty means unset
    if not declaration.mandatory:
        found["x-default"] = default_of(parameter)
    found["examples"] = [declaration.example]
    extra = {
        "x-unit": declaration.unit,
        "x-cloud": declaration.cloud,
        "x-orchestrator": declaration.orchestrator,
        "x-since": declaration.since,
        "x-not-in-this-version": dict(_later_values(parameter)),
        "x-confidential": declaration.confidential,
    }
    return found | {name: value for name, value in extra.items() if value}


def _first_sentence(text: str) -> str:
    """Up to the first full stop that ends a sentence."""
    return text.split(". ", maxsplit=1)[0].rstrip(".")


def _plain(text: str) -> str:
    """Text in which Markdown sees neither HTML nor emphasis."""
    return text.replace("<", "&lt;").replace("*", "\\*")


def _cell(text: str) -> str:
    return _plain(text).replace("|", "\\|")


def main() -> None:
    """Write the files into the folder that is named."""
    if len(sys.argv) != 2:
        sys.exit("usage: python -m cluster_provision.settings.document FOLDER")
    folder = Path(sys.argv[1])
    (folder / "parameters.md").write_text(parameters_markdown(), encoding="utf-8")
    (folder / "parameters.schema.json").write_text(schema_text(), encoding="utf-8")
    (folder / "machine-types.md").write_text(machine_types_markdown(), encoding="utf-8")


def schema_text() -> str:
    """The schema as it stands in its file."""
    return json.dumps(parameters_schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    main()
