"""Write the facts that a stand-in serves: the real provider's schema, trimmed to the types that are used.

    python -m embedded_cloud.standin.facts FROM

FROM is the output of `terraform providers schema -json`, or one provider out of it; gzipped where its name ends in
.gz. The words are left out, everything else is kept as it is. The types are found in terraform/**/*.tf.
"""

from __future__ import annotations

import gzip
import json
import re
import sys
from pathlib import Path
from typing import Any, Final

from embedded_cloud.standin.install import REGISTRY, VERSIONS

FACTS: Final = Path(__file__).parent / "facts"
_MODULES = Path(__file__).parents[2] / "terraform"
_TYPE = re.compile(r'^\s*(resource|data)\s+"((\w+?)_\w+)"', re.MULTILINE)
_WORDS = ("description", "description_kind")


def write(source: Path, modules: Path = _MODULES, folder: Path = FACTS) -> tuple[Path, dict[str, list[str]]]:
    """Write the facts of the provider whose schemas are in `source`; gives back the file, and the types by kind.

    Raises KeyError where `source` lacks a type that is used, and ValueError where it's of no provider that is served.
    """
    content = source.read_bytes()
    name, provider = _provider(json.loads(gzip.decompress(content) if source.suffix == ".gz" else content))
    types = used(name, modules)
    kept: dict[str, Any] = {"provider": _wordless(provider["provider"])}
    for kind, names in types.items():
        kept[kind] = {each: _wordless(provider[kind][each]) for each in names}
    folder.mkdir(parents=True, exist_ok=True)
    facts = folder / f"{name}.json"
    facts.write_text(_lines(kept) + "\n")
    return facts, types


def used(provider: str, modules: Path) -> dict[str, list[str]]:
    """A provider's types in a folder of Terraform files, sorted, by kind: resource_schemas, data_source_schemas."""
    files = modules.rglob("*.tf")
    found = {(kind, name) for file in files for kind, name, of in _TYPE.findall(file.read_text()) if of == provider}
    return {
        "resource_schemas": sorted(name for kind, name in found if kind == "resource"),
        "data_source_schemas": sorted(name for kind, name in found if kind == "data"),
    }


def _provider(given: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    every = given.get("provider_schemas") or {f"{REGISTRY}/{_named(given)}": given}
    for name in VERSIONS:
        if f"{REGISTRY}/{name}" in every:
            return name, every[f"{REGISTRY}/{name}"]
    raise ValueError(f"no schemas of {' or '.join(VERSIONS)}")


def _named(given: dict[str, Any]) -> str:
    """The name of the provider whose schemas these are: its types begin with it."""
    return str(next(iter(given["resource_schemas"]))).partition("_")[0]


def _wordless(node: Any) -> Any:
    """Without the words about a schema, but with attributes that are called description, and types as they are."""
    if not isinstance(node, dict):
        return node
    return {
        name: value if name == "type" and not isinstance(value, dict) else _wordless(value)
        for name, value in node.items()
        if not (name in _WORDS and isinstance(value, str))
    }


def _lines(node: Any, indent: int = 0) -> str:
    """JSON with one attribute a line, so that a new version's differences can be read."""
    flat = json.dumps(node, sort_keys=True)
    if not isinstance(node, dict) or not any(isinstance(value, dict) for value in node.values()):
        return flat
    inner = ",\n".join(f"{' ' * (indent + 1)}{json.dumps(k)}: {_lines(v, indent + 1)}" for k, v in sorted(node.items()))
    return f"{{\n{inner}\n{' ' * indent}}}"


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit(f"usage: python -m {__spec__.name} FROM")
    facts, kept = write(Path(sys.argv[1]))
    sys.stdout.write(f"{facts}: {', '.join(name for names in kept.values() for name in names)}\n")


if __name__ == "__main__":
    main()
