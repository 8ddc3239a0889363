"""What a signal leaves of a Create: machines that run on, and cost money."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from cluster_provision.errors import Interrupted
from cluster_provision.number_of import number_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cluster_provision.run import Run


@contextlib.contextmanager
def what_stays_is_told(run: Run) -> Iterator[None]:
    """Where a signal ends the block, say what it leaves, and what that costs."""
    try:
        yield
    except Interrupted as ended:
        if run.provisioner.began and not run.settings.cleanup_on_exit:
            ended.advice = _told(run)
        raise


def _told(run: Run) -> str:
    nodes = f" ({number_of(len(run.result.nodes), 'node')} by now)" if run.result.nodes else ""
    price = f" The whole cluster costs {run.result.price.text()}." if run.result.price else ""
    how = run.provisioner
    return f"{how.stays}{nodes}.{price} Run Create again to go on from here, or Destroy to {how.ends}."
