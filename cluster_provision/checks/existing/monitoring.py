"""Whether machines can be watched: their ports are free, the packages are to be had, and none is watched already."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.checks.base import Finding
from cluster_provision.checks.existing.debian_package import read_fields
from cluster_provision.checks.existing.fetched_packages import are_there, fetched
from cluster_provision.checks.existing.subject import finding
from cluster_provision.result import Check
from cluster_provision.settings.readers.slurm.monitoring_packages import EXPORTER, GRAFANA, gpu_packages
from cluster_provision.settings.readers.slurm.monitoring_packages import grafana_package as grafana_of
from cluster_provision.slurm.fetched_packages import package_of
from cluster_provision.slurm.roles.monitoring import places

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cluster_provision.checks.existing.subject import Seen, Subject
    from cluster_provision.settings.readers.slurm.packages import PackageUrl

NAME, PACKAGES = "monitoring", "monitoring packages"
ADVICE = (
    "Nothing was changed on any machine. Stop or move what listens there. A Prometheus or an exporter of your own goes "
    "on without the tool's: leave MONITORING off, and have yours ask these machines. Packages come from apt's lists "
    "there (apt-get update), on Ubuntu from universe."
)
LONGEST_NAME = 15
"""Characters of a process' name in /proc/<pid>/comm (proc(5))."""
PROGRAMS = {
    places.PROMETHEUS_PORT: ("prometheus",),
    places.NODE_EXPORTER_PORT: (places.NODE_EXPORTER[:LONGEST_NAME],),
    places.GPU_EXPORTER_PORT: ("dcgm-exporter",),
    places.GRAFANA_PORT: ("grafana", "grafana-server"),
}
"""The programs that may have each port on a machine of the cluster."""


def monitoring(subject: Subject) -> Finding:
    """A machine of the cluster may have the tool's own already."""
    if subject.settings.monitoring == "off":
        return Finding((Check(NAME, "ok", "off"),))
    problems = {name: "; ".join(told) for name in subject.seen if (told := list(_problems(subject, name)))}
    return finding(NAME, problems, "its ports are free, its packages are offered", ADVICE)


def monitoring_packages(subject: Subject) -> Finding:
    """Fetch what a machine lacks of MONITORING_PACKAGES, compare its digest, and look into it."""
    wanted = [name for name in subject.seen if _fetched(subject, name)]
    facts = [subject.seen[name].facts for name in wanted]
    lacking = [
        each
        for each in subject.settings.monitoring_packages
        if not are_there(each, [subject.seen[name].facts for name in wanted if each in _fetched(subject, name)])
    ]
    if not lacking:
        told = "all installed" if subject.settings.monitoring_packages else "MONITORING_PACKAGES names none"
        return Finding((Check(PACKAGES, "ok", told),))
    looked = fetched("MONITORING_PACKAGES", lacking, facts, read_fields)
    if looked.failures:
        told = "; ".join(each.message for each in looked.failures)
        return Finding((Check(PACKAGES, "failed", told),), tuple(looked.failures))
    if looked.unknown:
        told = "; ".join(looked.unknown)
        return Finding(
            (Check(PACKAGES, "unknown", told),), notes=(f"{told}; each machine compares the SHA-256 itself",)
        )
    return Finding((Check(PACKAGES, "ok", f"{len(looked.found)} packages"),))


def _fetched(subject: Subject, name: str) -> tuple[PackageUrl, ...]:
    """Those of MONITORING_PACKAGES that this machine gets."""
    packages = subject.settings.monitoring_packages
    grafana = grafana_of(packages) if name == subject.settings.controller else None
    has_gpus = name in subject.settings.compute and subject.seen[name].facts.gpu_files
    return (*((grafana,) if grafana else ()), *(gpu_packages(packages) if has_gpus else ()))


def _problems(subject: Subject, name: str) -> Iterator[str]:
    seen, ours, is_controller = subject.seen[name], subject.is_ours(name), name == subject.settings.controller
    own = {places.NODE_EXPORTER: places.NODE_EXPORTER_PORT}
    own |= {places.PROMETHEUS: places.PROMETHEUS_PORT} if is_controller else {}
    named = {package_of(each.url)[0]: each for each in _fetched(subject, name)}
    ports = {**{port: package for package, port in own.items()}, **{_port(each): each for each in named if _port(each)}}
    for package in own:
        there = seen.facts.packages.get(package)
        if there and there.installed and not ours:
            yield f"has {package} already, which the tool did not set up"
        elif there and not there.installed and not there.candidate and seen.facts.package_lists is not None:
            yield f"is offered no {package} by its distribution"
    for package, url in named.items():
        there = seen.facts.packages.get(package)
        if there and there.installed and not ours and (_port(package) or there.installed != package_of(url.url)[1]):
            yield f"has {package} {there.installed} already, which the tool did not set up"
    yield from (
        f"has port {port} taken, which {ports[port]} needs ({who})" for port, who in _taken(seen, ports, ours=ours)
    )


def _port(package: str) -> int:
    """The port of a package that listens, 0 for any other."""
    return places.GRAFANA_PORT if package in GRAFANA else places.GPU_EXPORTER_PORT if package == EXPORTER else 0


def _taken(seen: Seen, ports: dict[int, str], *, ours: bool) -> Iterator[tuple[int, str]]:
    for each in seen.facts.listeners:
        if each.port in ports and not (ours and each.program in ("", *PROGRAMS[each.port])):
            yield each.port, each.program or "unknown program"
