"""The e-mail addresses of service accounts, and which of them exist."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from embedded_cloud.store import Store

IAM = "//iam.googleapis.com/"
OF_A_PROJECT = re.compile(r"[^@]+@([a-z0-9.:-]+)\.iam\.gserviceaccount\.com")
OF_GOOGLE = re.compile(r"service-\d+@.+|.+@(gcp-sa-|gs-project-|cloudservices|.+\.google).*")


def collection(project: str) -> str:
    return f"{IAM}projects/{project}/serviceAccounts"


def exists(store: Store, mail: str) -> bool:
    """Whether this account exists. Google's own accounts always do, and so do those outside projects."""
    found = OF_A_PROJECT.fullmatch(mail)
    if not found or OF_GOOGLE.fullmatch(mail):
        return True
    return store.get(collection(found[1]), mail) is not None
