"""docs/parameters.md, made from the declarations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.settings.catalogue import AZURE, CATALOGUES, GCP
from cluster_provision.settings.declared.action import TITLES
from cluster_provision.settings.readers.choices import Choice
from scripts.documents.names import names_markdown
from scripts.documents.values import default_of, later_values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cluster_provision.settings.parameter import Parameter

INTRODUCTION = """# Parameters

<!-- Made by `make docs` from cluster_provision/settings/declared: don't edit. -->

Everything is set by environment variables, most easily in a file for `docker run --env-file` (examples:
[gcp-quickstart.list](../examples/gcp-quickstart.list), [azure-vms.list](../examples/azure-vms.list),
[gcp-slurm.list](../examples/gcp-slurm.list), [azure-slurm.list](../examples/azure-slurm.list),
[existing-slurm.list](../examples/existing-slurm.list), and, with every parameter of Google Cloud but those for GKE
alone, [env.list](../examples/env.list)).
[parameters.schema.json](parameters.schema.json) holds the same for editors and pipelines.

- **CLOUD** chooses the cloud, and with it the parameters: those of another cloud are ignored, with one line that names
  them, and are an error where that would hide a mistake (`VM_TYPE` with `CLOUD=azure` and without `SKU`).
- **Empty means unset.** The default holds then.
- **Values are verbatim**, since Docker passes them so: quotes around a value become part of it, `$` and backslashes
  stand for themselves, a `#` after a value belongs to it. Quotes around a value are pointed out, and so is white space
  at its ends: it is an error where it would become part of the value, and ignored with a note around numbers, words and
  lists.
- **Words may be written in any case**: `Create`, `Ray`, `YES`. Names may not.
- **All problems are reported at once**, with exit code 2, before anything is touched.
- **Not in this version** marks values that the tool knows and doesn't build yet. They are refused, never ignored.
- **Parameters of an orchestrator** that isn't the chosen one are ignored, with one line that names them.
- **Misspelt names** are errors, or pointed out, by what hangs on them: see
  [the table](#names-that-are-not-ours-but-look-like-it).
- **Maps** (`METADATA`, `LABELS`, `TAGS`) are written in HCL on one line: `{ key1 = "val", key2 = "val2" }`. Keys may be
  quoted, `:` may stand for `=`, a comma may follow the last item, `{}` is empty. In a string, `\\"`, `\\\\`, `\\n`,
  `\\r`, `\\t`, `\\uXXXX` and `\\UXXXXXXXX` are escapes. Nothing is evaluated: `${` and `%{` are text, and so are `$${`
  and `%%{`, which the old tool needed for them. Numbers, `true` and `false` are kept as text. `TAGS` takes
  `key1=val1,key2=val2` as well; bash's arrays, `TAGS=( ... )`, can't stand in an env file.
- **Files** (`SSH_PATH`, `CLOUD_INIT`, `INVENTORY`, `USERS_FILE`, `CONFIG_FILE`) are read where the tool runs: with
  Docker, mount them with `-v`, and give the path inside the container.
- **Secrets don't belong here.** `METADATA`, `STARTUP_COMMAND` and `NODE_COMMAND` appear in no message or log of the
  tool, but they stand in the Terraform state or beside it, and any user of a machine can read them there.
"""


SECTIONS = {
    "all": "Every cloud",
    "made": "Google Cloud and Azure",
    "gcp": "Google Cloud",
    "azure": "Azure",
    "existing": "Existing machines",
}
"""By the cloud that a parameter is of, in the order of the page."""

AGAIN = {"azure": (" (Azure)", (GCP,)), "existing": (" (existing machines)", (GCP, AZURE))}
"""What a heading adds by its cloud, where one of these clouds has a parameter of the same name."""


def parameters_markdown() -> str:
    """The text of docs/parameters.md."""
    parts = [INTRODUCTION]
    for cloud, title in SECTIONS.items():
        parts += [f"**{title}**{_setting(cloud)}\n", _summary(_of(cloud))]
    for cloud, title in SECTIONS.items():
        group = ""
        for parameter in _of(cloud):
            if parameter.group != group:
                group = parameter.group
                parts.append(f"## {title}: {group[0].lower()}{group[1:]}\n")
            parts.append(_section(parameter))
    parts.append(names_markdown())
    return "\n".join(parts)


def _of(cloud: str) -> tuple[Parameter, ...]:
    """The parameters of one cloud, or those of all of them."""
    return tuple(p for p in CATALOGUES.get(cloud, GCP).parameters if p.declaration.cloud == cloud)


def _setting(cloud: str) -> str:
    if cloud == "gcp":
        return ", with `CLOUD=gcp` or without `CLOUD`"
    return f", with `CLOUD={cloud}`" if cloud in CATALOGUES else ""


def _title(parameter: Parameter) -> str:
    """The heading of a parameter's section, which names its cloud where an earlier one has the same name."""
    added, others = AGAIN.get(parameter.declaration.cloud, ("", ()))
    return f"{parameter.name}{added if any(parameter.name in each.names for each in others) else ''}"


def _anchor(parameter: Parameter) -> str:
    """Where a link to the section leads."""
    return _title(parameter).lower().replace(" ", "-").replace("(", "").replace(")", "")


def _summary(parameters: tuple[Parameter, ...]) -> str:
    rows = [
        "| parameter | default | in short |",
        "|---|---|---|",
        *(
            f"| [{p.name}](#{_anchor(p)}) | {_cell(default_of(p))} | {_cell(_first_sentence(p.declaration.help))} |"
            for p in parameters
        ),
    ]
    return "\n".join(rows) + "\n"


def _section(parameter: Parameter) -> str:
    declaration = parameter.declaration
    lines = [f"### {_title(parameter)}\n", f"{_plain(declaration.help)}\n", *_facts(parameter)]
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
        yield f"- Cloud: {'gcp, azure' if declaration.cloud == 'made' else declaration.cloud}"
    if declaration.orchestrator:
        yield f"- Only with `ORCHESTRATOR_TYPE={declaration.orchestrator}`"
    if declaration.since:
        yield f"- Since: {declaration.since}"
    yield from (f"- **Not in this version**: `{value}`; {_plain(why)}" for value, why in later_values(parameter))
    if isinstance(declaration.reader, Choice):
        yield from (f"- Refused: `{value}`; {_plain(why)}" for value, why in declaration.reader.refused.items())


def _allowed(parameter: Parameter) -> str:
    if parameter.name == "ACTION":
        return ", ".join(TITLES.values())
    return parameter.declaration.reader.allowed.removeprefix("allowed are ")


def _first_sentence(text: str) -> str:
    """Up to the first full stop that ends a sentence."""
    return text.split(". ", maxsplit=1)[0].rstrip(".")


def _plain(text: str) -> str:
    """Text in which Markdown sees neither HTML nor emphasis; what stands in backticks is code already."""
    parts = text.split("`")
    parts[::2] = [part.replace("<", "&lt;").replace("*", "\\*") for part in parts[::2]]
    return "`".join(parts)


def _cell(text: str) -> str:
    return _plain(text).replace("|", "\\|")
