"""Write the facts that the stand-in serves: the real provider's schema, trimmed to the types that the modules use.

    python -m cluster_provision.rehearsal.standin.facts FROM

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

FACTS: Final = Path(__file__).parent / "facts" / "google.json"
ADDRESS: Final = "registry.terraform.io/hashicorp/google"
_MODULES = Path(__file__).parents[3] / "terraform"
_TYPE = re.compile(r'^\s*(resource|data)\s+"(google_\w+)"', re.MULTILINE)
_WORDS = ("description", "description_kind")


def write(source: Path, modules: Path = _MODULES, facts: Path = FACTS) -> dict[str, list[str]]:
    """Write `facts` from the schemas in `source`; gives back the types kept, by kind.

    Raises KeyError where `source` lacks a type that the modules use.
    """
    content = source.read_bytes()
    given = json.loads(gzip.decompress(content) if source.suffix == ".gz" else content)
    provider = given["provider_schemas"][ADDRESS] if "provider_schemas" in given else given
    types = used(modules)
    kept: dict[str, Any] = {"provider": _wordless(provider["provider"])}
    for kind, names in types.items():
        kept[kind] = {name: _wordless(provider[kind][name]) for name in names}
    facts.parent.mkdir(parents=True, exist_ok=True)
    facts.write_text(_lines(kept) + "\n")
    return types


def used(modules: Path) -> dict[str, list[str]]:
    """The types in a folder of Terraform files, sorted, by kind: resource_schemas, data_source_schemas."""
    found = {match for file in modules.rglob("*.tf") for match in _TYPE.findall(file.read_text())}
    return {
        "resource_schemas": sorted(name for kind, name in found if kind == "resource"),
        "data_source_schemas": sorted(name for kind, name in found if kind == "data"),
    }


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
    kept = write(Path(sys.argv[1]))
    sys.stdout.write(f"{FACTS}: {', '.join(name for names in kept.values() for name in names)}\n")


if __name__ == "__main__":
    main()
