"""How users look at what the cluster's monitoring sees, and whether it sees every machine."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Protocol

from cluster_provision.errors import CANNOT_LOOK, CommandFailed, NotReady
from cluster_provision.result import Check, ConnectionPart
from cluster_provision.settings.readers.slurm.monitoring_packages import grafana_package
from cluster_provision.slurm.roles.monitoring.places import GRAFANA_LOGIN, GRAFANA_PORT, PROMETHEUS_PORT
from cluster_provision.stage import Stage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cluster_provision.errors import ProvisionError
    from cluster_provision.fleet.command import CommandResult
    from cluster_provision.settings.declared.slurm import SlurmParameters
    from cluster_provision.stage import Site

NAME = "monitoring"
NO_LOOK = "its machines answer nobody but the controller"
# prometheus.io/docs/prometheus/latest/querying/api, "Targets".
_ASK = f"""import json, urllib.request
address = "http://127.0.0.1:{PROMETHEUS_PORT}/api/v1/targets?state=active"
with urllib.request.urlopen(address, timeout=20) as answer:
    for each in json.load(answer)["data"]["activeTargets"]:
        print(each["labels"]["job"], each["labels"]["instance"], each["health"])
"""


class Watched(Protocol):
    """The cluster that is watched."""

    @property
    def settings(self) -> SlurmParameters:
        """The run's settings."""

    @property
    def controller_name(self) -> str:
        """The machine on which Prometheus runs."""

    def on_controller(self, words: Sequence[str], feed: str = "") -> CommandResult:
        """Run a program there as root. Raises what keeps the machine from answering."""


def monitoring_parts(
    settings: SlurmParameters, controller: str, managed_grafana: str = ""
) -> tuple[ConnectionPart, ...]:
    """Monitoring's part of the connection; none where there is no monitoring."""
    if settings.monitoring == "off":
        return ()
    told = {"tunnel": f"Tunnel {controller} {PROMETHEUS_PORT}", "prometheus": f"http://localhost:{PROMETHEUS_PORT}"}
    text = f"Prometheus watches the machines: {_how_to_look(controller)}."
    if grafana_package(settings.monitoring_packages):
        told |= {
            "grafana_tunnel": f"Tunnel {controller} {GRAFANA_PORT}",
            "grafana": f"http://localhost:{GRAFANA_PORT}",
            "grafana_user": "admin",
            "grafana_login": f"sudo cat {GRAFANA_LOGIN}",
        }
        text += (
            f"\nGrafana has dashboards: `Tunnel {controller} {GRAFANA_PORT}` leads http://localhost:{GRAFANA_PORT} to "
            f"it. Its user is admin; on {controller}, sudo cat {GRAFANA_LOGIN} shows the password."
        )
    if managed_grafana:
        told |= {"managed_grafana": managed_grafana}
        text += f"\nGrafana, with the cluster's dashboards, is at {managed_grafana}, for whoever has a role on it."
    return (ConnectionPart(NAME, told, text),)


def monitoring_stages(target: Watched) -> tuple[Stage, ...]:
    """Nothing waits for it, and Status looks."""
    return () if target.settings.monitoring == "off" else (Stage(NAME, None, partial(_look, target)),)


def monitoring_not_seen(settings: SlurmParameters, controller: str) -> tuple[Stage, ...]:
    """Where Status speaks to no machine, it says how to look."""
    if settings.monitoring == "off":
        return ()
    return (Stage(NAME, None, partial(_say, f"not looked at from here: {_how_to_look(controller)}")),)


def _how_to_look(controller: str) -> str:
    return f"`Tunnel {controller} {PROMETHEUS_PORT}` leads http://localhost:{PROMETHEUS_PORT} to it"


def _say(told: str, site: Site) -> None:
    if site.facts.resources:
        site.result.checks.append(Check(NAME, "unknown", told))


def _look(target: Watched, site: Site) -> ProvisionError | None:
    """Which of those that Prometheus asks have answered it last."""
    if not site.facts.resources:
        return None
    controller = target.controller_name
    try:
        said = target.on_controller(("python3", "-I", "-c", _ASK)).required(controller)
    except CommandFailed as failure:
        problem = f"Prometheus on {controller} doesn't answer: {failure.message.splitlines()[-1]}"
        site.result.checks.append(Check(NAME, "failed", problem))
        return NotReady(problem, f"`Run 'systemctl status prometheus'` or its log on {controller} says why.")
    except CANNOT_LOOK as failure:
        site.result.checks.append(Check(NAME, "unknown", failure.message))
        return None
    asked = [line.split() for line in said.splitlines()]
    silent = sorted({f"{job} of {instance}" for job, instance, health in asked if health == "down"})
    new = any(health == "unknown" for _, _, health in asked)
    told = f"{sum(health == 'up' for _, _, health in asked)} of {len(asked)} answer; {_how_to_look(controller)}"
    told = f"{', '.join(silent)} doesn't answer; {told}" if silent else told
    site.result.checks.append(Check(NAME, "failed" if silent else "unknown" if new or not asked else "ok", told))
    advice = "The machine's own unit says why: systemctl status prometheus-node-exporter."
    return NotReady(f"monitoring: {', '.join(silent)} doesn't answer", advice) if silent else None
