"""Stand-ins of Grafana's and NVIDIA's packages: same names, units and options, and programs that show what they got."""

from __future__ import annotations

import hashlib
import subprocess
import tempfile
from pathlib import Path

from tests.e2e.existing.packages import ADDRESS, OWNER

UNIT = "[Unit]\nDescription={0}\n[Service]\nExecStart={1}\n[Install]\nWantedBy=multi-user.target\n"
SERVER = """#!/usr/bin/python3
import http.server, os, sys

{answer}

class Visit(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = answer().encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; version=0.0.4")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

http.server.ThreadingHTTPServer((host, int(port)), Visit).serve_forever()
"""
# Each counter for each GPU, with the label hpc_job for each job of its file, as dcgm-exporter has it.
EXPORTER = """
options = dict(zip(sys.argv[1::2], sys.argv[2::2]))
host, _, port = options["--address"].rpartition(":")

def answer():
    lines = []
    for row in open(options["--collectors"]):
        if row.startswith("#"):
            continue
        name, kind, _ = (field.strip() for field in row.split(",", 2))
        lines.append(f"# TYPE {name} {kind}")
        for gpu in "01":
            path = os.path.join(options["--hpc-job-mapping-dir"], gpu)
            jobs = open(path).read().split() if os.path.exists(path) else [""]
            lines += [f'{name}{{gpu="{gpu}",hpc_job="{job}"}} 0' for job in jobs]
    return "\\n".join(lines) + "\\n"
"""
GRAFANA = """
host, port = os.environ["GF_SERVER_HTTP_ADDR"], os.environ["GF_SERVER_HTTP_PORT"]

def answer():
    password = os.environ["GF_SECURITY_ADMIN_PASSWORD"]
    files = [os.path.join(folder, name) for folder, _, names in os.walk("/etc/grafana/provisioning") for name in names]
    return f"password of {len(password)} characters\\n" + "\\n".join(sorted(files)) + "\\n"
"""
# As Grafana's own: an account, and data that a purge leaves.
ACCOUNT = """#!/bin/sh
set -e
adduser --quiet --system --group --no-create-home --home /usr/share/grafana grafana
mkdir -p /var/lib/grafana /var/log/grafana
chown grafana:grafana /var/lib/grafana /var/log/grafana
"""


def make_packages(folder: Path) -> str:
    """Make them in this folder of the server; returns what MONITORING_PACKAGES takes."""
    folder.mkdir(parents=True, exist_ok=True)
    grafana = {
        "usr/sbin/grafana-server": SERVER.replace("{answer}", GRAFANA),
        "lib/systemd/system/grafana-server.service": UNIT.format("Grafana", "/usr/sbin/grafana-server"),
        "etc/grafana/grafana.ini": "",
        "etc/grafana/provisioning/datasources/sample.yaml": "",
        "etc/grafana/provisioning/dashboards/sample.yaml": "",
        "DEBIAN/postinst": ACCOUNT,
    }
    exporter = {
        "usr/bin/dcgm-exporter": SERVER.replace("{answer}", EXPORTER),
        "lib/systemd/system/nvidia-dcgm-exporter.service": UNIT.format("DCGM", "/usr/bin/dcgm-exporter -f /nowhere"),
    }
    core = {"usr/share/datacenter-gpu-manager-4/core": ""}
    return ",".join(
        [
            _package(folder, "datacenter-gpu-manager-exporter", "4.8.2-1", exporter, "datacenter-gpu-manager-4-core"),
            _package(folder, "datacenter-gpu-manager-4-core", "4.5.3-1", core),
            _package(folder, "grafana", "13.0.2", grafana, "adduser"),
        ]
    )


def _package(folder: Path, name: str, version: str, files: dict[str, str], needs: str = "") -> str:
    fields = {"Package": name, "Version": version, "Architecture": "amd64", "Maintainer": OWNER, "Depends": needs}
    control = "".join(f"{field}: {value}\n" for field, value in fields.items() if value) + "Description: stand-in\n"
    file = folder / f"{name}_{version}_amd64.deb"
    with tempfile.TemporaryDirectory() as place:
        for path, text in {"DEBIAN/control": control, **files}.items():
            there = Path(place, "root", path)
            there.parent.mkdir(parents=True, exist_ok=True)
            there.write_text(text)
            there.chmod(0o755 if text.startswith("#!") else 0o644)
        built = ["dpkg-deb", "-Zgzip", "--root-owner-group", "--build", f"{place}/root", str(file)]
        subprocess.run(built, check=True, capture_output=True)
    return f"{ADDRESS}/{folder.name}/{file.name}#sha256={hashlib.sha256(file.read_bytes()).hexdigest()}"
