"""Azure NetApp Files: its sizes, price, and how Linux should mount it."""

from __future__ import annotations

from decimal import Decimal

# learn.microsoft.com/azure/azure-netapp-files/azure-netapp-files-resource-limits, read 2026-12-01: a pool has whole
# TiB, and a volume that is no large one at most 100 TiB.
LEAST_TIB, MOST_TIB = 1, 100
DEFAULT_TIB = 4

# learn.microsoft.com/azure/azure-netapp-files/azure-netapp-files-cost-model, read 2026-12-01: the price of its examples
# for the service level Premium, in dollars for a GiB and hour. It differs a little by region.
PREMIUM_GIB_HOUR = Decimal("0.000403")

# learn.microsoft.com/azure/azure-netapp-files/performance-linux-mount-options (2024-03-07), as the vendor's own Slurm
# clusters have it: github.com/Azure/cyclecloud-slurm-workspace of 2026-07-01.
MOUNT_OPTIONS = "rw,hard,rsize=262144,wsize=262144,vers=3,tcp,nconnect=8,_netdev,nofail"


def hourly(tib: int) -> Decimal:
    """Return about how many dollars an hour a pool of this capacity costs, used or not."""
    return PREMIUM_GIB_HOUR * 1024 * tib
