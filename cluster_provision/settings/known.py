"""What of the environment may be kept: the known parameters, never the rest of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.settings.catalogue import catalogue_of

if TYPE_CHECKING:
    from collections.abc import Mapping

HIDDEN = "(set; not kept, since it may be confidential)"


def known_parameters(environ: Mapping[str, str]) -> dict[str, str]:
    """The parameters that are set in `environ`, as they stand there, for the run's artefacts.

    Values that are declared as confidential are replaced by a remark. Bytes that are
    no UTF-8 are written as `?`.
    """
    return {
        name: HIDDEN if parameter.declaration.confidential else environ[name].encode("utf-8", "replace").decode()
        for name, parameter in catalogue_of(environ).names.items()
        if environ.get(name)
    }
