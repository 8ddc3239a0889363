"""Ports and paths of monitoring that several of its parts share."""

from __future__ import annotations

PROMETHEUS_PORT = 9090
NODE_EXPORTER_PORT = 9100
GPU_EXPORTER_PORT = 9400
GRAFANA_PORT = 3000
PORTS = (PROMETHEUS_PORT, NODE_EXPORTER_PORT, GPU_EXPORTER_PORT, GRAFANA_PORT)
PROMETHEUS, NODE_EXPORTER = PACKAGES = ("prometheus", "prometheus-node-exporter")
"""The distribution's packages, and their units."""

PROGRAMS = "/usr/local/lib/cluster-provision/monitoring"
DASHBOARDS = f"{PROGRAMS}/dashboards"
GRAFANA_LOGIN = "/etc/cluster-provision/grafana-login"
TARGETS = "/var/lib/cluster-monitoring"
"""Where Prometheus' lists of targets are, which the controller writes anew each minute."""
TEXTFILES = "/var/lib/prometheus/node-exporter"
"""Where the distribution's node exporter reads metrics from files: part of its package."""
