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

APPLICATION = {
    "TENANT_ID": "7e5a3c1d-0000-4000-8000-00000000a2e1",
    "CLIENT_ID": "5c1e0f7a-0000-4000-8000-00000000a2e2",
    "CLIENT_SECRET": "rehearsal~none",
}
"""An application of Entra ID, by the ends of the variables' names; the tenant is the embedded cloud's own."""


def write_credentials(folder: Path) -> Path:
    """The login's file in `folder`."""
    file = folder / "credentials.json"
    if not file.exists():
        part = file.with_suffix(".part")
        part.touch(mode=0o600)
        part.write_text(json.dumps(LOGIN, indent=1))
        part.replace(file)
    return file
