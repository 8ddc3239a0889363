"""Write the generated pages of docs/ into a folder, and the contents of its long pages: `python -m scripts.documents
FOLDER`."""

from __future__ import annotations

import sys
from pathlib import Path

from scripts.documents.architecture import architecture_svg
from scripts.documents.azure_machine_types import azure_sizes_markdown
from scripts.documents.contents import with_contents
from scripts.documents.gcp_machine_types import machine_types_markdown
from scripts.documents.parameters import parameters_markdown
from scripts.documents.schema import schema_text

PAGES = {
    "architecture.svg": architecture_svg,
    "parameters.md": parameters_markdown,
    "parameters.schema.json": schema_text,
    "machine-types.md": machine_types_markdown,
    "azure-sizes.md": azure_sizes_markdown,
}


def main() -> None:
    """Write every page, and the contents of those that are long."""
    if len(sys.argv) != 2:
        sys.exit("usage: python -m scripts.documents FOLDER")
    folder = Path(sys.argv[1])
    for name, text in PAGES.items():
        (folder / name).write_text(text(), encoding="utf-8")
    for page in folder.glob("*.md"):
        page.write_text(with_contents(page.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
