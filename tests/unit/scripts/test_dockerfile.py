"""The image keeps those of Google's documents that the embedded cloud serves, and no others."""

from __future__ import annotations

import re
from pathlib import Path

from embedded_cloud.google.service import APIS

DOCKERFILE = Path(__file__).parents[3] / "Dockerfile"


def test_the_rehearsal_image_keeps_each_document_that_is_served() -> None:
    kept = set(re.findall(r"! -name (\S+)\.json", DOCKERFILE.read_text()))
    assert {document for paths in APIS.values() for document, _ in paths.values()} | {"storage.v1"} == kept
