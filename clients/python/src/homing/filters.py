"""By what messages and endpoints are chosen."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, TypedDict

from homing.types import Status


class ChosenBy(TypedDict, total=False):
    sender_id: str
    since: datetime | str
    """Accepted at or after this time."""
    until: datetime | str
    """Accepted before this time."""
    target: str
    """Host of the target."""
    failure_reason: str
    response_status: int
    """What the target answered to the latest attempt."""


class ListedBy(ChosenBy, total=False):
    status: Status
    rolled_back: bool
    """Rolled back after a failed send, and neither claimed nor finished since."""
    idempotency_key: str


class EndpointsBy(TypedDict, total=False):
    sender_id: str
    state: Literal["ACTIVE", "PAUSED", "DISABLED"]


Waiting = Literal["PENDING", "QUEUED"]
"""The two statuses that can be cancelled."""
