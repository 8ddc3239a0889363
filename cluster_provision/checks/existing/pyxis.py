"""Whether PYXIS_PACKAGES are the packages that they are said to be, and fit the machines' Slurm."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.checks.base import Finding
from cluster_provision.checks.existing.debian_package import read_package
from cluster_provision.checks.existing.fetched_packages import are_there, fetched
from cluster_provision.errors import SettingsError
from cluster_provision.result import Check
from cluster_provision.slurm.roles.pyxis import plugin_path

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cluster_provision.checks.existing.debian_package import DebianPackage
    from cluster_provision.checks.existing.subject import Subject
    from cluster_provision.settings.readers.slurm.packages import PackageUrl
    from cluster_provision.slurm.facts import MachineFacts

NAME = "Pyxis"


def pyxis(subject: Subject) -> Finding:
    """Fetch each package that a machine lacks, compare its digest, and look into it."""
    facts = [each.facts for each in subject.seen.values()]
    packages = subject.settings.pyxis_packages
    lacking = [each for each in packages if not are_there(each, facts)]
    if not packages:
        return Finding((Check(NAME, "ok", "PYXIS_PACKAGES names none"),))
    if not lacking:
        return Finding((Check(NAME, "ok", "its packages are installed on all machines"),))
    looked = fetched("PYXIS_PACKAGES", lacking, facts, read_package)
    problems = [told for each, package in looked.found.items() for told in _other_release(subject, each, package)]
    if len(looked.found) == len(packages):
        problems += _without_plugin(looked.found.values(), facts)
    failures = [*looked.failures, *(SettingsError((f"PYXIS_PACKAGES: {problem}",)) for problem in problems)]
    if failures:
        return Finding((Check(NAME, "failed", "; ".join(each.message for each in failures)),), tuple(failures))
    if looked.unknown:
        told = "; ".join(looked.unknown)
        note = f"{told}; whether they fit the machines' Slurm isn't known, and each machine compares the SHA-256 itself"
        return Finding((Check(NAME, "unknown", told),), notes=(note,))
    return Finding((Check(NAME, "ok", f"{len(looked.found)} packages, for Slurm {subject.offer.release}"),))


def _other_release(subject: Subject, each: PackageUrl, package: DebianPackage) -> Iterable[str]:
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
