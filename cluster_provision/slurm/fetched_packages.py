"""Ready packages that the user names by a URL and a digest: each machine fetches, compares and installs them itself."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from cluster_provision.slurm.plan import Command

if TYPE_CHECKING:
    from cluster_provision.settings.readers.slurm.packages import PackageUrl

# apt's own program fetches a file and compares its digest (apt-helper download-file).
_INSTALL = """set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
chmod 755 "$folder"
/usr/lib/apt/apt-helper -q download-file "$1" "$folder/$2" "SHA256:$3"
DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 --no-install-recommends install "$folder/$2"
"""
_IS_THERE = (
    """test "$(dpkg-query --show --showformat='${db:Status-Status} ${Version}' "$1" 2>/dev/null)" = "installed $2" """
)


def package_of(url: str) -> tuple[str, str]:
    """Return name and version of a package from its file's name, as Debian makes it: name_version_architecture.deb."""
    name, _, rest = unquote(PurePosixPath(urlsplit(url).path).stem).partition("_")
    return name, rest.rpartition("_")[0]


def installed(each: PackageUrl) -> Command:
    """The package, which is purged again."""
    name, version = package_of(each.url)
    return Command(
        f"package {name}",
        ("sh", "-c", _INSTALL, "sh", each.url, each.file_name, each.sha256),
        unless=("sh", "-c", _IS_THERE, "sh", name, version),
        undo=("apt-get", "-q", "-y", "purge", name),
    )
