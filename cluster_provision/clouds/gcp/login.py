"""Where the tool looks for Google's credentials, and what a user does where there are none."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from cluster_provision.errors import CredentialsError, NoCredentials

if TYPE_CHECKING:
    from collections.abc import Callable

VARIABLE = "GOOGLE_APPLICATION_CREDENTIALS"
NAME = "application_default_credentials.json"
MOUNTED = Path("/root/.config/gcloud")
"""The documents have users mount their gcloud folder here, whatever HOME is in the container."""
OF_GCLOUD_ALONE = ("credentials.db", "access_tokens.db", "legacy_credentials")
"""Files that `gcloud auth login` writes: gcloud's own login, which no other program can use."""

COMMAND = "gcloud auth application-default login"
MOUNT = (
    f"  docker run -v ~/.config/gcloud:{MOUNTED} …             (Linux, macOS, Cloud Shell)\n"
    f"  docker run -v %APPDATA%\\gcloud:{MOUNTED} …             (Windows; in PowerShell $env:APPDATA\\gcloud)"
)
OTHER_WAYS = (
    "Other ways are in docs/authentication.md: a machine's own account, workload identity federation, keys, tokens."
)


def places() -> tuple[Path, ...]:
    """Return the files that may hold credentials, in the order of preference."""
    named = os.environ.get(VARIABLE)
    if named:
        return (Path(named),)
    folder = os.environ.get("CLOUDSDK_CONFIG")
    if folder:
        return (Path(folder) / NAME,)
    home = Path(os.environ.get("HOME") or "/") / ".config" / "gcloud"
    return tuple(dict.fromkeys((home / NAME, MOUNTED / NAME)))


def is_there(place: Path, kind: Callable[[Path], bool] = Path.is_file) -> bool:
    """Whether there is a file, or another `kind`; False where this user may not look, or for an impossible name."""
    try:
        return kind(place)
    except OSError:
        return False


def none_found() -> CredentialsError:
    """Return the error for missing credentials, by what is there instead."""
    named = os.environ.get(VARIABLE)
    if named and named.lstrip().startswith("{"):  # the value is a secret
        return CredentialsError(
            f"{VARIABLE} holds credentials themselves, but must name the file that holds them",
            f"Write them into a file and mount that:\n  docker run -v <file>:/key.json -e {VARIABLE}=/key.json …",
        )
    if named:
        # docker makes a folder of that name if the mounted file is missing
        why = (
            "it is a folder; does the file that you mount exist?"
            if is_there(Path(named), Path.is_dir)
            else "there is no such file"
        )
        return _none(f"{VARIABLE}={named} can't be used: {why}")
    for place in places():
        if any(is_there(place.parent / name, Path.exists) for name in OF_GCLOUD_ALONE):
            return _none(
                f"{place.parent} holds a login of gcloud itself (`gcloud auth login`), which other programs can't use: "
                f"there is no {NAME}"
            )
        if _closed(place):
            return _none(
                f"there are no Google credentials that this user (number {os.getuid()}) may read: it may not open "
                f"{place.parent} (the image runs as root by default)"
            )
    return _none("there are no Google credentials here")


def _closed(place: Path) -> bool:
    try:
        place.stat()
    except PermissionError:
        return True
    except OSError:
        return False
    return False


def _none(message: str) -> NoCredentials:
    advice = f"On your own machine, log in once, and mount the result:\n  {COMMAND}\n{MOUNT}\n{OTHER_WAYS}"
    return NoCredentials(message, advice, places())
