"""What makes a name a cluster's own where Azure keeps one list of such names for everybody."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cluster_provision.settings import AzureSettings


def own_digits(settings: AzureSettings) -> str:
    """Eight hexadecimal digits, the same for a cluster each time and others for every other one."""
    own = f"{settings.subscription_id}/{settings.resource_group}/{settings.name_prefix}".lower()
    return sha256(own.encode()).hexdigest()[:8]
