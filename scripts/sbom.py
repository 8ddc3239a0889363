"""Prints what an image holds, as CycloneDX 1.5 in JSON: Python's and Debian's packages, Node.js's, and Terraform's.

The Dockerfile runs it in the image, with `own` where Terraform's providers are somebody's own builds. It needs nothing
but Python, and writes no time and no random number, so that the same packages give the same list. Format:
https://cyclonedx.org/docs/1.5/json/; package URLs: https://github.com/package-url/purl-spec.
"""

from __future__ import annotations

import json
import platform
import subprocess
import sys
from importlib.metadata import distributions
from pathlib import Path
from urllib.parse import quote

NODE = Path("/opt/azurite/bin/node")
PROVIDERS = Path("/opt/terraform/providers")
NODE_PACKAGES = Path("/opt/azurite/node_modules/.package-lock.json")  # npm's list of what it installed


def main() -> None:
    found = [*python(), *debian(), *node(), *programs(), *providers(PROVIDERS)]
    components = sorted(found, key=lambda each: each["purl"])
    json.dump({"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1, "components": components}, sys.stdout)


def python() -> list[dict[str, str]]:
    return [
        component("library", each.name, each.version, f"pkg:pypi/{each.name.lower().replace('_', '-')}@{each.version}")
        for each in distributions()
    ]


def debian() -> list[dict[str, str]]:
    """Raises CalledProcessError where dpkg has no database: a list without Debian would be wrong."""
    listed = output("dpkg-query", "--show", "--showformat", "${Package} ${Version} ${Architecture}\n")
    out = []
    for line in listed.splitlines():
        name, version, architecture = line.split()
        purl = f"pkg:deb/debian/{quote(name)}@{quote(version)}?arch={architecture}"
        out.append(component("library", name, version, purl))
    return out


def node() -> list[dict[str, str]]:
    if not NODE_PACKAGES.exists():
        return []
    out = {}
    for path, package in json.loads(NODE_PACKAGES.read_text())["packages"].items():
        name, version = path.rpartition("node_modules/")[2], package["version"]
        purl = f"pkg:npm/{quote(name)}@{version}"
        out[purl] = component("library", name, version, purl)  # one package may lie in several folders
    return list(out.values())


def programs() -> list[dict[str, str]]:
    """What no package manager installed, or not in every image: Python itself is Debian's only where no registry is."""
    terraform = json.loads(output("terraform", "version", "-json"))["terraform_version"]
    out = [
        component("application", "terraform", terraform, f"pkg:github/hashicorp/terraform@v{terraform}"),
        component(
            "application", "python", platform.python_version(), f"pkg:generic/python@{platform.python_version()}"
        ),
    ]
    if NODE.exists():
        version = output(str(NODE), "--version").strip().removeprefix("v")
        out.append(component("application", "node", version, f"pkg:generic/node@{version}"))
    return out


def providers(mirror: Path) -> list[dict[str, str]]:
    """Those of a filesystem mirror: folders <host>/<owner>/<name>/<version>, or archives in place of the last."""
    found = {}
    for folder in mirror.glob("*/*/*/"):
        owner, program = folder.parent.name, f"terraform-provider-{folder.name}"
        packed = [each.name.removeprefix(f"{program}_").split("_")[0] for each in folder.glob(f"{program}_*.zip")]
        for version in [*packed, *(each.name for each in folder.iterdir() if each.is_dir())]:
            purl = f"pkg:github/{owner}/{program}@v{version}"
            if sys.argv[1:] == ["own"]:  # nobody knows of what source
                purl = f"pkg:generic/{program}@{version}"
            found[purl] = component("application", program, version, purl)
    return list(found.values())


def component(kind: str, name: str, version: str, purl: str) -> dict[str, str]:
    return {"type": kind, "bom-ref": purl, "name": name, "version": version, "purl": purl}


def output(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


if __name__ == "__main__":
    main()
