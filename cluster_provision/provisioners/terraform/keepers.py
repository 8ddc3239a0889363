"""Names what keeps Terraform from deleting: protections and locks that people put there, by the cloud's own lists."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from cluster_provision.clouds.base import NotFound
from cluster_provision.errors import CANNOT_LOOK, InUse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cluster_provision.provisioners.terraform.session import Session


@contextlib.contextmanager
def keepers_named(session: Session) -> Iterator[None]:
    """Raise an InUse of the block with each protection or lock and the command that lifts it.

    Where they can't be looked at, or there are none, the failure stays as it is.
    """
    try:
        yield
    except InUse as failure:
        with contextlib.suppress(*CANNOT_LOOK, NotFound):
            found = session.target.keepers(failure.message)
            if found:
                named = "\n".join(f"  {each.text()}" for each in found)
                commands = "\n".join(f"  {each.command}" for each in found)
                raise InUse(
                    f"{failure.message}\nWhat keeps it:\n{named}",
                    "Lift it, where nobody needs it, and run the same command again, which continues from here:\n"
                    f"{commands}",
                ) from None
        raise
