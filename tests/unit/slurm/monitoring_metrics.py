"""The metrics that there are, by what gives them: dashboards and rules may name these and no others."""

from __future__ import annotations

import csv
import re

from cluster_provision.slurm.node_scripts import node_script

# github.com/prometheus/node_exporter, collector/*.go of 1.5.0 (Debian 12), which 1.7 and 1.9 (Ubuntu 24.04, Debian 13)
# have too; read 2026-12-01. Seen on a Debian 12 machine: all but those of InfiniBand, which need its cards.
NODE_EXPORTER = frozenset(
    {
        "node_boot_time_seconds",
        "node_cpu_seconds_total",
        "node_disk_read_bytes_total",
        "node_disk_written_bytes_total",
        "node_filesystem_avail_bytes",
        "node_filesystem_size_bytes",
        "node_infiniband_link_downed_total",
        "node_infiniband_port_data_received_bytes_total",
        "node_infiniband_port_data_transmitted_bytes_total",
        "node_load1",
        "node_memory_MemAvailable_bytes",
        "node_memory_MemTotal_bytes",
        "node_network_receive_bytes_total",
        "node_network_transmit_bytes_total",
        "node_time_seconds",
    }
)
PROMETHEUS = frozenset({"up"})


def counted_of_gpus() -> frozenset[str]:
    """What dcgm-exporter is told to count."""
    lines = [line for line in node_script("monitoring/gpu-counters.csv").splitlines() if not line.startswith("#")]
    return frozenset(row[0].strip() for row in csv.reader(lines))


def of_slurm() -> frozenset[str]:
    """What the tool's own program writes."""
    return frozenset(re.findall(r'"(cluster_slurm_[a-z_]+)"', node_script("monitoring/collect.py")))


def known() -> frozenset[str]:
    return NODE_EXPORTER | PROMETHEUS | counted_of_gpus() | of_slurm()


def named_in(expression: str) -> set[str]:
    """The metrics of an expression: words that are no function, no label, and no word of PromQL's own."""
    bare = re.sub(r'"[^"]*"', '""', expression)
    bare = re.sub(r"\{[^}]*\}|\[[^\]]*\]", "", bare)
    bare = re.sub(r"\b(by|without|ignoring|on|group_left|group_right)\s*\([^)]*\)", "", bare)
    words = re.findall(r"[A-Za-z_:][A-Za-z0-9_:]*(?!\w*\s*\()", bare)
    return {word for word in words if word not in {"or", "and", "unless", "bool", "offset"}}
