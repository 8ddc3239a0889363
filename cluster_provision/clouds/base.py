"""What a cloud says about a cluster's machines, in a form that all clouds share."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


class NotFound(Exception):
    """The cloud answered 404. Only the caller knows whether the resource may be missing."""


@dataclass(frozen=True)
class Identity:
    """The caller: `name` is an e-mail or a description, `source` says where the credentials were found.

    `environment` holds the variables by which other programs use the same credentials. `warning` says what the user
    should know of them, and is empty as a rule.
    """

    name: str
    source: str
    environment: dict[str, str] = field(default_factory=dict, repr=False)
    warning: str = ""


@dataclass(frozen=True)
class Machine:
    """A machine of the group.

    `group` is the managed group's name, `status` the cloud's word for the state (`RUNNING`), `template` what the
    machine was made from. `problem` is why the cloud can't start it ("<code>: <message>"), or empty.
    """

    name: str
    instance_id: str
    zone: str
    group: str = ""
    address: str = ""
    status: str = ""
    template: str = ""
    proxy_url: str = ""
    problem: str = ""


@dataclass(frozen=True)
class GroupError:
    """A failure of a managed group: `text` is "<code>: <message>", `machine` the machine's name or empty.

    `at` is the time by the cloud's own clock.
    """

    text: str
    machine: str
    at: datetime
