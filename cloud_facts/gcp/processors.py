"""How many sockets, cores and threads a machine of Google Cloud shows.

A vCPU is a thread, of which a core has two; on the series without simultaneous multithreading it is a core:
https://docs.cloud.google.com/compute/docs/cpu-platforms. The sockets are those of
github.com/GoogleCloudPlatform/cluster-toolkit v1.95.0 (2026-06-25), slurm_files/scripts/util.py. A4X has Grace, an Arm
processor without it: https://docs.cloud.google.com/compute/docs/accelerator-optimized-machines. All read 2026-12-01.
"""

from __future__ import annotations

from dataclasses import dataclass

WITHOUT_THREADS = frozenset({"t2a", "t2d", "h3", "h4d", "c4a", "n4a", "a4x"})
TWO_SOCKETS_ABOVE = {"h3": 0, "h4d": 0, "a3": 0, "c2": 30, "c2d": 56, "c3": 88, "c3d": 180, "c4": 96, "c4d": 192}
"""The series of which machines with more vCPUs than this have two sockets; all others have one."""


@dataclass(frozen=True)
class Processors:
    """`cpus` are threads, `cores` those of one socket, `threads` those of one core."""

    cpus: int
    sockets: int
    cores: int
    threads: int


def processors(machine_type: str, vcpus: int) -> Processors:
    """Return what a machine of this type with so many vCPUs shows."""
    series = machine_type.partition("-")[0]
    threads = 1 if series in WITHOUT_THREADS or vcpus % 2 else 2
    most = TWO_SOCKETS_ABOVE.get(series)
    cores = vcpus // threads
    sockets = 2 if most is not None and vcpus > most and cores % 2 == 0 else 1
    return Processors(vcpus, sockets, cores // sockets, threads)
