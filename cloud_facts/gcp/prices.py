"""Prices of Google Cloud's machines and disks in US dollars, from prices.toml; None where the table has none."""

from __future__ import annotations

from decimal import Decimal

from cloud_facts.tables import table


def gpu_price(series: str, region: str) -> Decimal | None:
    """Return the price of an hour of one GPU and its share of the machine, on demand; `series` such as a2-highgpu."""
    return _told("gpu", series, region)


def flex_start_price(machine_type: str, region: str) -> Decimal | None:
    """Return the price of an hour of a machine by flex-start."""
    return _told("flex-start", machine_type, region)


def accelerator_price(accelerator: str, region: str) -> Decimal | None:
    """Return the price of an hour of a GPU whose machine has a price of its own, on demand."""
    return _told("accelerator", accelerator, region)


def host_price(family: str, region: str) -> tuple[Decimal, Decimal] | None:
    """Return the price of an hour of a vCPU, and of a GiB of memory, on demand; `family` such as n1."""
    found = table("gcp", "prices")["host"].get(family, {}).get(region)
    return None if found is None else (Decimal(found[0]), Decimal(found[1]))


def disk_price(disk_type: str, region: str) -> Decimal | None:
    """Return the price of a GB of a disk for a month of 730 hours."""
    return _told("disk", disk_type, region)


def prices_date() -> str:
    """Return the newest date among the table's sources."""
    return str(table("gcp", "prices")["date"])


def _told(kind: str, name: str, region: str) -> Decimal | None:
    found = table("gcp", "prices")[kind].get(name, {}).get(region)
    return None if found is None else Decimal(found)
