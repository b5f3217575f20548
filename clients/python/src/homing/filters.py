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

    endpoint_id: str
    """What brings events to this endpoint."""
    event_id: str
    """What brings this event to its endpoints."""
    event_type: str
    """What brings events of exactly this type; beside a sender, an endpoint or an event."""


class ListedBy(ChosenBy, total=False):
    status: Status
    rolled_back: bool
    """Rolled back after a failed send, and neither claimed nor finished since."""
    ordering_key: str
    """Delivered in order with others of this key; beside a sender."""
    metadata: str
    """`name=value`: those whose metadata have exactly this value under this name."""
    correlation_id: str
    """Of the call that sent it."""
    id_part: str
    """4 to 26 characters of the id; behind `msg_`: its beginning."""
    idempotency_key: str


class EndpointsBy(TypedDict, total=False):
    sender_id: str
    state: Literal["ACTIVE", "PAUSED", "DISABLED"]
    health: Literal["OK", "FAILING"]
    id_part: str
    """4 to 26 characters of the id; behind `ep_`: its beginning."""


class EventsBy(TypedDict, total=False):
    sender_id: str
    event_type: str
    """Exactly this type."""
    matched: Literal["none"]
    """Those that went to no endpoint."""
    id_part: str
    """4 to 26 characters of the id; behind `evt_`: its beginning."""
    correlation_id: str
    """Of the call that sent it."""
    metadata: str
    """`name=value`: those whose metadata have exactly this value under this name."""
    since: datetime | str
    until: datetime | str
    idempotency_key: str
    """The one event of this key; beside a sender."""


class ReplayedBy(TypedDict, total=False):
    until: datetime | str
    event_type: str


Missed = Literal["failed", "undelivered", "missing"]
"""What an endpoint is brought: its FAILED messages, or events that match it now and never went there."""

Waiting = Literal["PENDING", "QUEUED"]
"""The two statuses that can be cancelled."""
