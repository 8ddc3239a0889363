"""For the time of a block, all that reads the environment reaches the embedded cloud and nothing else."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from cluster_provision.rehearsal.containers_slurm import add_what_containers_need
from cluster_provision.rehearsal.environment import prepared
from cluster_provision.rehearsal.existing_machines import lead_to_machines
from cluster_provision.rehearsal.existing_resources import is_existing, named, text_of
from cluster_provision.rehearsal.providers import provide_providers

if TYPE_CHECKING:
    from collections.abc import Iterator, MutableMapping
    from pathlib import Path

    from cluster_provision.rehearsal.process import Up


@contextmanager
def led_to(up: Up, environ: MutableMapping[str, str], folder: Path, *, booted: bool) -> Iterator[None]:
    """Have there what `environ` names, and lead to it; then restore every variable.

    `folder` holds what that needs. `booted`: machines are containers.
    """
    up.expect(named(environ))
    with prepared(environ, up.proxy_url, up.ca, up.credentials):
        if is_existing(environ):
            lead_to_machines(environ, up, folder)
        else:
            provide_providers(environ, folder)
        if booted and (is_existing(environ) or text_of(environ, "orchestrator_type").strip() == "slurm"):
            add_what_containers_need(environ, folder)
        yield
