"""Selects what a run may keep of the environment: this tool's parameters, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.settings.catalogue import catalogue_of

if TYPE_CHECKING:
    from collections.abc import Mapping

HIDDEN = "(set; not kept, since it may be confidential)"


def known_parameters(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the parameters that are set in `environ`, verbatim, for the run's artefacts.

    Values that are declared as confidential are replaced by a remark. Bytes that are not UTF-8 become `?`.
    """
    return {
        name: HIDDEN if parameter.declaration.confidential else environ[name].encode("utf-8", "replace").decode()
        for name, parameter in catalogue_of(environ).names.items()
        if environ.get(name)
    }
