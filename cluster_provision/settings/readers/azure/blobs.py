"""Reads containers of Azure's blob storage, and folders in them.

Names: learn.microsoft.com/rest/api/storageservices/naming-and-referencing-containers--blobs--and-metadata and
.../azure-resource-manager/management/resource-name-rules, read 2026-11-25.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from cluster_provision.settings.reading import BadValue, folded

_HOST = ".blob.core.windows.net"
_ACCOUNT = "[a-z0-9]{3,24}"
_CONTAINER = "[a-z0-9](-?[a-z0-9])+"
# A blob's name has at most 1,024 characters; the tool's own path below the folder needs the rest.
LONGEST_FOLDER = 700


@dataclass(frozen=True)
class BlobPath:
    """A folder in a container of a storage account; `folder` has no slash at either end, and may be empty."""

    account: str
    container: str
    folder: str = ""

    @property
    def url(self) -> str:
        """https://<account>.blob.core.windows.net/<container>[/<folder>]."""
        return f"https://{self.account}{_HOST}/{self.container}" + (f"/{self.folder}" if self.folder else "")


class BlobFolder:
    """`https://<account>.blob.core.windows.net/<container>[/<folder>]`; slashes at the end are ignored."""

    type_name = "address of a blob container"
    allowed = f"https://<account>{_HOST}/<container> or https://<account>{_HOST}/<container>/<folder>"
    spaces = "refused"

    def read(self, text: str) -> BlobPath:
        if "?" in text:
            # The part after the ? is a key to the account, which no message may show.
            raise BadValue("has a ? in it, as addresses with a signature have: leave that out", secret=True)
        if "accountkey=" in folded(text):
            raise BadValue(
                f"is a connection string with a key; give the container's address, {self.allowed}", secret=True
            )
        host, _, path = text.removeprefix("https://").partition("/")
        if not text.startswith("https://") or not host.endswith(_HOST):
            raise BadValue(f"is not the address of a blob container; it looks like {self.allowed}")
        account = host.removesuffix(_HOST)
        if not re.fullmatch(_ACCOUNT, account):
            raise BadValue("names no storage account: its name has 3 to 24 lower-case letters and digits")
        container, _, folder = path.partition("/")
        folder = folder.rstrip("/")
        if not container:
            raise BadValue(f"names no container; it looks like {self.allowed}")
        if not re.fullmatch(_CONTAINER, container) or not 3 <= len(container) <= 63:
            raise BadValue(
                "names no container: its name has 3 to 63 lower-case letters, digits and single hyphens, beginning "
                "and ending with a letter or digit"
            )
        if folder and any(part in {"", ".", ".."} or part.endswith(".") for part in folder.split("/")):
            raise BadValue("has a folder that is empty or ends with a period; write it without")
        # The folder becomes part of the condition of the machines' role.
        if not re.fullmatch("[A-Za-z0-9._~/-]*", folder) or len(folder) > LONGEST_FOLDER:
            raise BadValue(
                f"has an invalid folder: allowed are ASCII letters, digits and . _ ~ - /, at most {LONGEST_FOLDER}"
            )
        return BlobPath(account, container, folder)

    def show(self, value: Any) -> str:
        return value.url if value else ""

    def schema(self) -> dict[str, Any]:
        return {"pattern": f"^https://{_ACCOUNT}\\.blob\\.core\\.windows\\.net/{_CONTAINER}(/.*)?$"}
