"""Whether PYXIS_PACKAGES are the packages that they are said to be, and fit the machines' Slurm."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from cluster_provision.checks.base import Finding
from cluster_provision.checks.existing.debian_package import can_read_packages, read_package
from cluster_provision.checks.existing.offer import ARCHITECTURES, GONE
from cluster_provision.errors import ProvisionError, SettingsError, Unreachable
from cluster_provision.result import Check
from cluster_provision.slurm.roles.pyxis import package_of, plugin_path

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cluster_provision.checks.existing.debian_package import DebianPackage
    from cluster_provision.checks.existing.subject import Subject
    from cluster_provision.settings.readers.slurm.packages import PackageUrl
    from cluster_provision.slurm.facts import MachineFacts

NAME = "Pyxis"
SECONDS = 60.0


def pyxis(subject: Subject) -> Finding:
    """Fetch each package that a machine lacks, compare its digest, and look into it."""
    facts = [each.facts for each in subject.seen.values()]
    lacking = [each for each in subject.settings.pyxis_packages if not _are_there(each, facts)]
    if not subject.settings.pyxis_packages:
        return Finding((Check(NAME, "ok", "PYXIS_PACKAGES names none"),))
    if not lacking:
        return Finding((Check(NAME, "ok", "its packages are installed on all machines"),))
    found: dict[PackageUrl, DebianPackage] = {}
    failures: list[ProvisionError] = []
    unknown: list[str] = []
    for each in lacking:
        try:
            found[each] = _read(each)
        except Unreachable as failure:
            unknown.append(failure.message)
        except ProvisionError as failure:
            failures.append(failure)
    problems = [problem for each, package in found.items() for problem in _problems(subject, each, package, facts)]
    if len(found) == len(subject.settings.pyxis_packages):
        problems += _without_plugin(found.values(), facts)
    failures += [SettingsError((f"PYXIS_PACKAGES: {problem}",)) for problem in problems]
    if failures:
        return Finding((Check(NAME, "failed", "; ".join(each.message for each in failures)),), tuple(failures))
    if unknown:
        told = "; ".join(unknown)
        note = f"{told}; whether they fit the machines' Slurm isn't known, and each machine compares the SHA-256 itself"
        return Finding((Check(NAME, "unknown", told),), notes=(note,))
    return Finding((Check(NAME, "ok", f"{len(found)} packages, for Slurm {subject.offer.release}"),))


def _are_there(each: PackageUrl, facts: Iterable[MachineFacts]) -> bool:
    name, version = package_of(each.url)
    return all((found := one.packages.get(name)) is not None and found.installed == version for one in facts)


def _read(each: PackageUrl) -> DebianPackage:
    """Raises SettingsError for another file than is meant, Unreachable where nobody here can tell what it is."""
    import requests

    try:
        answer = requests.get(each.url, timeout=SECONDS)
    except requests.RequestException as failure:
        raise Unreachable(f"PYXIS_PACKAGES: {each.url} does not answer here: {type(failure).__name__}") from failure
    if answer.status_code in GONE:
        raise SettingsError((f"PYXIS_PACKAGES: {each.url} is not there: HTTP {answer.status_code}",))
    if not answer.ok:
        raise Unreachable(f"PYXIS_PACKAGES: {each.url} can't be fetched from here: HTTP {answer.status_code}")
    digest = hashlib.sha256(answer.content).hexdigest()
    if digest != each.sha256:
        raise SettingsError(
            (
                f"PYXIS_PACKAGES: {each.url} has the SHA-256 {digest}, and {each.sha256} is given: it is another file "
                "than you have looked at",
            )
        )
    if not can_read_packages():
        raise Unreachable(f"PYXIS_PACKAGES: nobody here can look into {each.file_name}: dpkg-deb isn't installed")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "package.deb"
        file.write_bytes(answer.content)
        try:
            return read_package(file)
        except ValueError as failure:
            raise SettingsError((f"PYXIS_PACKAGES: {each.url} is no package: {failure}",)) from failure


def _problems(
    subject: Subject, each: PackageUrl, package: DebianPackage, facts: Iterable[MachineFacts]
) -> Iterable[str]:
    name, version = package_of(each.url)
    if (package.name, package.version) != (name, version):
        yield (
            f"{each.file_name} holds {package.name} {package.version}, which its name must say: "
            f"{package.name}_{package.version}_{package.architecture}.deb"
        )
    machines = {ARCHITECTURES.get(one.architecture, one.architecture) for one in facts}
    if others := sorted(machines - {package.architecture}) if package.architecture != "all" else []:
        yield f"{each.file_name} is for {package.architecture}, and there are machines with {', '.join(others)}"
    for path, release in package.plugins.items():
        if path.endswith("/spank_pyxis.so") and release not in (None, subject.offer.release):
            yield (
                f"{each.file_name} was built for Slurm {release}, and the machines have {subject.offer.release}: a "
                "plug-in works with the release alone that it was built for, and slurmd doesn't start with another"
            )


def _without_plugin(packages: Iterable[DebianPackage], facts: Iterable[MachineFacts]) -> Iterable[str]:
    """slurmd doesn't start where the plug-in that its configuration names is missing."""
    plugins = [path for package in packages for path in package.plugins if path.endswith("/spank_pyxis.so")]
    wanted = {plugin_path(one.architecture) for one in facts}
    if not plugins:
        yield "none of them holds Pyxis's plug-in, spank_pyxis.so: name its package beside Enroot's"
    elif missing := sorted(wanted - {*plugins}):
        yield f"the plug-in lies at {', '.join(plugins)}, and it must be at {', '.join(missing)}"
