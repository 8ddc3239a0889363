"""Made-up credentials: the login of a person whom only the embedded cloud knows."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

LOGIN = {
    "type": "authorized_user",
    "account": "somebody@rehearsal.example",
    "client_id": "rehearsal",
    "client_secret": "none",
    "refresh_token": "none",
    "universe_domain": "googleapis.com",
}
"""As `gcloud auth application-default login` writes it. A service account's key would cost every run
35 ms for the libraries that sign with it."""


def write_credentials(folder: Path) -> Path:
    """The login's file in `folder`."""
    file = folder / "credentials.json"
    if not file.exists():
        part = file.with_suffix(".part")
        part.touch(mode=0o600)
        part.write_text(json.dumps(LOGIN, indent=1))
        part.replace(file)
    return file
