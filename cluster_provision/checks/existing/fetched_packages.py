"""Whether packages that the user names by a URL and a digest are what they are said to be: fetched, and looked into."""

from __future__ import annotations

import hashlib
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cluster_provision.checks.existing.debian_package import can_read_packages
from cluster_provision.checks.existing.offer import ARCHITECTURES, GONE
from cluster_provision.errors import ProvisionError, SettingsError, Unreachable
from cluster_provision.slurm.fetched_packages import package_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from cluster_provision.checks.existing.debian_package import DebianPackage
    from cluster_provision.settings.readers.slurm.packages import PackageUrl
    from cluster_provision.slurm.facts import MachineFacts

SECONDS = 60.0


@dataclass(frozen=True)
class Fetched:
    """Those that could be looked into; why others are wrong; and why of others nobody here can tell."""

    found: dict[PackageUrl, DebianPackage]
    failures: list[ProvisionError]
    unknown: list[str]


def fetched(
    parameter: str,
    packages: Sequence[PackageUrl],
    facts: Sequence[MachineFacts],
    look: Callable[[Path], DebianPackage],
) -> Fetched:
    """Fetch each, compare its digest, and look into it; `facts` are of the machines that install them."""
    result = Fetched({}, [], [])
    for each in packages:
        try:
            result.found[each] = _read(parameter, each, look)
        except Unreachable as failure:
            result.unknown.append(failure.message)
        except ProvisionError as failure:
            result.failures.append(failure)
        else:
            told = _problems(each, result.found[each], facts)
            result.failures.extend(SettingsError((f"{parameter}: {problem}",)) for problem in told)
    return result


def are_there(each: PackageUrl, facts: Iterable[MachineFacts]) -> bool:
    """Whether all these machines have it in this very version."""
    name, version = package_of(each.url)
    return all((found := one.packages.get(name)) is not None and found.installed == version for one in facts)


def _read(parameter: str, each: PackageUrl, look: Callable[[Path], DebianPackage]) -> DebianPackage:
    """Raises SettingsError for another file than is meant, Unreachable where nobody here can tell what it is."""
    import requests

    try:
        answer = requests.get(each.url, timeout=SECONDS)
    except requests.RequestException as failure:
        raise Unreachable(f"{parameter}: {each.url} does not answer here: {type(failure).__name__}") from failure
    if answer.status_code in GONE:
        raise SettingsError((f"{parameter}: {each.url} is not there: HTTP {answer.status_code}",))
    if not answer.ok:
        raise Unreachable(f"{parameter}: {each.url} can't be fetched from here: HTTP {answer.status_code}")
    digest = hashlib.sha256(answer.content).hexdigest()
    if digest != each.sha256:
        raise SettingsError(
            (
                f"{parameter}: {each.url} has the SHA-256 {digest}, and {each.sha256} is given: it is another file "
                "than you have looked at",
            )
        )
    if not can_read_packages():
        raise Unreachable(f"{parameter}: nobody here can look into {each.file_name}: dpkg-deb isn't installed")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "package.deb"
        file.write_bytes(answer.content)
        try:
            return look(file)
        except ValueError as failure:
            raise SettingsError((f"{parameter}: {each.url} is no package: {failure}",)) from failure


def _problems(each: PackageUrl, package: DebianPackage, facts: Iterable[MachineFacts]) -> Iterable[str]:
    name, version = package_of(each.url)
    if (package.name, package.version) != (name, version):
        yield (
            f"{each.file_name} holds {package.name} {package.version}, which its name must say: "
            f"{package.name}_{package.version}_{package.architecture}.deb"
        )
    machines = {ARCHITECTURES.get(one.architecture, one.architecture) for one in facts}
    if others := sorted(machines - {package.architecture}) if package.architecture != "all" else []:
        yield f"{each.file_name} is for {package.architecture}, and there are machines with {', '.join(others)}"
