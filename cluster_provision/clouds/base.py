"""What a cloud tells of a cluster's machines, the same on every cloud."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


class NotFound(Exception):
    """The cloud answered 404: what is missing, and whether it may be, only the caller knows."""


@dataclass(frozen=True)
class Identity:
    """Who asks: `name` an e-mail or a description, `source` where the credentials were found.

    `environment` are the variables by which other programs use the same credentials.
    """

    name: str
    source: str
    environment: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Machine:
    """A machine that the group has.

    `group` is the managed group's name, `status` the cloud's word for it (`RUNNING`), `template` what it was made
    from, and `problem` why the cloud can't start it ("<code>: <message>"), empty where it can.
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
    """Something that a managed group failed at: `text` is "<code>: <message>", `machine` the name that it was about,
    empty for none, `at` when, by the cloud's own clock."""

    text: str
    machine: str
    at: datetime
