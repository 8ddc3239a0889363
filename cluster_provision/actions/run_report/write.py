"""Writes the report of a run to REPORT_FILE; Create's, and that of a Destroy that failed, to the state store too."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from cluster_provision.actions.artefacts import may_leave
from cluster_provision.actions.run_report.facts import note_cluster, note_set_up
from cluster_provision.errors import Interrupted, ProvisionError
from cluster_provision.private import Private, private_in
from cluster_provision.provisioners.lock import CHANGES
from cluster_provision.report_page.page import page
from cluster_provision.result import now
from cluster_provision.settings.catalogue import confidential_names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cluster_provision.run import Run

NAME = "report.html"
"""Below the deployment."""


@contextlib.contextmanager
def reported(run: Run) -> Iterator[None]:
    """Write the report when the block ends, well or by a failure that the report tells of. A defect has none.

    A failure to write it is printed and changes nothing else: the run did its work.
    """
    try:
        yield
    except ProvisionError as failure:
        run.result.error = failure
        if run.result.action == "create" and run.result.nodes and not isinstance(failure, Interrupted):
            note_cluster(run)
            note_set_up(run)
        _write(run)
        raise
    _write(run)


def _write(run: Run) -> None:
    file = run.settings.report_file
    changes = run.result.action in CHANGES
    if file is None and not changes:
        return
    try:
        html = page(_without_secrets(run), now())
    except Exception as failure:
        return _warn(run, "made", failure)
    if file is not None:
        try:
            file.write_text(html, encoding="utf-8")
        except OSError as failure:
            _warn(run, f"written to REPORT_FILE={file}", failure)
    if changes:
        _keep(run, html)
    return None


def _keep(run: Run, html: str) -> None:
    """Put it beside the state, where there still is one that this run may write to."""
    try:
        if may_leave(run) and run.store.claimed_at() is not None:
            run.store.write(NAME, html)
    except Interrupted:
        raise
    except Exception as failure:
        _warn(run, "uploaded", failure)


def _warn(run: Run, what: str, failure: Exception) -> None:
    said = failure.strerror if isinstance(failure, OSError) and failure.strerror else str(failure)
    run.console.say(f"Warning: the report could not be {what}: {' '.join(said.split())}")


def _without_secrets(run: Run) -> dict[str, Any]:
    """The JSON result with the ways that lead somewhere; without confidential values, and the key that a run shows
    once."""
    result = run.reach.result(run.result).to_json()
    result["connection"].pop("private_key", None)
    struck: dict[str, Any] = _struck(result, private_in(run.environ, confidential_names()))
    return struck


def _struck(value: Any, private: Private) -> Any:
    if isinstance(value, str):
        return private.strike(value)
    if isinstance(value, list | tuple):
        return [_struck(each, private) for each in value]
    if isinstance(value, dict):
        return {_struck(key, private): _struck(each, private) for key, each in value.items()}
    return value
