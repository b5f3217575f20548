"""The client for programs that wait for each call. Written by generate.py from async_client.py, not by hand."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from types import TracebackType
from typing import Any, Literal, Protocol, Self, TypeVar, Unpack

import httpx

from homing import _routes
from homing._batch import BatchOutcome, EventBatchOutcome, send_events, send_messages
from homing._call import Call
from homing._exchange import Flow, Outcome, Pause, Settings, exchange
from homing.filters import ChosenBy, EndpointsBy, EventsBy, ListedBy, Missed, ReplayedBy, Waiting
from homing.types import (
    Accepted,
    AcceptedEvent,
    AnsweredDelivery,
    BatchEntry,
    BulkCancelResult,
    BulkResolveResult,
    BulkRetryResult,
    CancelledEvent,
    CreatedKey,
    DeletedEndpoint,
    DeliveryAnswer,
    Endpoint,
    EndpointInput,
    EndpointPatch,
    EndpointTest,
    EndpointTested,
    Event,
    EventBatchEntry,
    EventDryRun,
    EventInput,
    EventListItem,
    Key,
    Lane,
    ListItem,
    Message,
    MessageInput,
    MessageList,
    Moved,
    OwnKey,
    PortalLink,
    ReplayResult,
    RotatedSender,
    RotationInput,
    Series,
    SigningSecrets,
    Stats,
    TakeInput,
    TakenDeliveries,
    TargetList,
)

T = TypeVar("T")


class HomingClient:
    """Every call repeats itself where the API says that this is safe and useful, waiting as `retry-after` asks, and
    then raises HomingError. What sends always carries an idempotency key, so that repeating never doubles.

    `timeout` is seconds that a try may wait for the connection, and for each part of the answer. `transport` and
    `sleep` are for tests, and for programs that reach the API in a way of their own.
    """

    def __init__(
        self,
        url: str,
        key: str,
        *,
        retries: int = 4,
        timeout: float = 30.0,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._settings = Settings(url, key, retries, timeout)
        # A call that is led elsewhere would arrive there as another one: without its body or its key.
        self._http = httpx.Client(transport=transport, follow_redirects=False)
        self._sleep = sleep
        self.endpoints = Endpoints(self._call)
        """Where events go to."""
        self.events = Events(self._call, self._run, self._settings)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._http.close()

    def send(
        self,
        message: MessageInput,
        *,
        idempotency_key: str | None = None,
        correlation_id: str | None = None,
    ) -> Accepted:
        """Stores and queues one message.

        A HomingError whose `stored` is true tells of a message that is kept and will be sent without another call. The
        body is a value, or a JsonText that is sent as it is written. Give a key of your own if the same message may be
        sent again by another process or after a restart.
        """
        return self._call(_routes.send(message, idempotency_key, correlation_id))

    def send_batch(
        self, messages: Iterable[BatchEntry], *, correlation_id: str | None = None
    ) -> Sequence[BatchOutcome]:
        """Sends any number of messages, as many a call as the API takes.

        Answers what became of each, in their order; those whose problem is retryable have been sent again by then. A
        call that fails is told as the problem of each of its messages: nothing that was accepted is forgotten.
        """
        return self._run(send_messages(self._settings, messages, correlation_id))

    def get(self, message_id: str) -> Message:
        return self._call(_routes.get(message_id))

    def get_json(self, message_id: str) -> str:
        """The same as JSON text: numbers, order and escapes of its body are as they were written."""
        return self._call(_routes.get_json(message_id))

    def list_page(
        self, *, limit: int | None = None, cursor: str | None = None, **chosen: Unpack[ListedBy]
    ) -> MessageList:
        """One page, newest first. It may be short, or empty, and still have a `nextCursor`."""
        return self._call(_routes.list_messages({**chosen, "limit": limit, "cursor": cursor}))

    def list(self, **chosen: Unpack[ListedBy]) -> Iterator[ListItem]:
        """Every matching message, newest first, page by page as they are asked for."""
        return _items(self._call, lambda place: _routes.list_messages({**chosen, **place}))

    def retry(self, message_id: str) -> Moved:
        """A new round of attempts for a failed message; a waiting one is sent now."""
        return self._call(_routes.retry(message_id))

    def cancel(self, message_id: str) -> Moved:
        return self._call(_routes.cancel(message_id))

    def resolve(self, message_id: str) -> Moved:
        """A failure that has been dealt with: it stays FAILED and is still found, and counts as one no more."""
        return self._call(_routes.resolve(message_id))

    def skip(self, message_id: str) -> Moved:
        """Those behind a failed message that blocks its order go on without it."""
        return self._call(_routes.skip(message_id))

    def lane(self, ordering_key: str, *, sender_id: str | None = None) -> Lane:
        """What is first of an ordering key, since when, and how many wait behind it."""
        return self._call(_routes.get_lane(ordering_key, sender_id))

    def lanes(self, *, sender_id: str | None = None) -> Iterator[Lane]:
        """Ordering keys whose messages do not move, the longest first, page by page as they are asked for."""
        return _items(self._call, lambda place: _routes.list_lanes({"sender_id": sender_id, **place}))

    def retry_all(self, **chosen: Unpack[ChosenBy]) -> Iterator[BulkRetryResult]:
        """Retries every failed message that matches, stretch by stretch; yields what each has done."""
        return _stretches(self._call, lambda place: _routes.retry_many({**chosen, **place}))

    def resolve_all(self, **chosen: Unpack[ChosenBy]) -> Iterator[BulkResolveResult]:
        """Resolves every failed message that matches, stretch by stretch; yields what each has done."""
        return _stretches(self._call, lambda place: _routes.resolve_many({**chosen, **place}))

    def count_retryable(self, **chosen: Unpack[ChosenBy]) -> int:
        """How many failed messages `retry_all` would look at now; changes nothing."""
        return self._count("retry", {**chosen, "status": "FAILED"})

    def cancel_all(self, status: Waiting, **chosen: Unpack[ChosenBy]) -> Iterator[BulkCancelResult]:
        """Cancels every message that matches and waits in this status, stretch by stretch, and yields what each did."""
        return _stretches(self._call, lambda place: _routes.cancel_many({**chosen, "status": status, **place}))

    def count_cancellable(self, status: Waiting, **chosen: Unpack[ChosenBy]) -> int:
        """How many messages `cancel_all` would look at now; changes nothing."""
        return self._count("cancel", {**chosen, "status": status})

    def stats(self, sender_id: str | None = None, endpoint_id: str | None = None) -> Stats:
        """Of everything, or of one sender, or of what its events have come to at one endpoint."""
        return self._call(_routes.stats(sender_id, endpoint_id))

    def series(
        self,
        period: Literal["hour", "day", "week"] = "day",
        *,
        sender_id: str | None = None,
        endpoint_id: str | None = None,
        target: str | None = None,
    ) -> Series:
        """What happened over an hour, a day or a week, step by step."""
        query = {"period": period, "sender_id": sender_id, "endpoint_id": endpoint_id, "target": target}
        return self._call(_routes.series(query))

    def targets(self, sender_id: str | None = None) -> TargetList:
        """How each host and endpoint fares, the failing ones first; `basis` says of which messages that is told."""
        return self._call(_routes.targets(sender_id))

    def own_key(self) -> OwnKey:
        """Whose key this client uses, and what it may do."""
        return self._call(_routes.own_key())

    def list_keys(self, sender_id: str | None = None) -> Iterator[Key]:
        """All keys that this one may manage, or those of one sender (`*`: of all senders), newest first."""
        return _items(self._call, lambda place: _routes.list_keys({"sender_id": sender_id, **place}))

    def create_key(
        self, sender_id: str, scopes: Sequence[str], *, name: str | None = None, expires_in: str | None = None
    ) -> CreatedKey:
        """The answer holds the key, which is never shown again. `*` is all senders; `expires_in` is such as `12h`."""
        return self._call(_routes.create_key(sender_id, scopes, name, expires_in))

    def revoke_key(self, key_id: str) -> Key:
        return self._call(_routes.revoke_key(key_id))

    def create_portal_link(self, sender_id: str, *, expires_in: str | None = None) -> PortalLink:
        """A link to the portal of one sender, for that sender's own people; it opens it for whoever has it."""
        return self._call(_routes.create_portal_link(sender_id, expires_in))

    def rotate_sender(self, sender_id: str) -> RotatedSender:
        """Replaces a sender's signing secret; the old one signs along for 24 hours."""
        return self._call(_routes.rotate_sender(sender_id))

    def _count(self, verb: str, chosen: Mapping[str, Any]) -> int:
        pages = _stretches(self._call, lambda place: _routes.count_many(verb, {**chosen, **place}))
        return sum([page["matching"] for page in pages])

    def _call(self, call: Call[T]) -> T:
        return self._run(exchange(self._settings, call))

    def _run(self, flow: Flow[T]) -> T:
        outcome: Outcome = None
        while True:
            try:
                step = flow.send(outcome)
            except StopIteration as end:
                answer: T = end.value
                return answer
            if isinstance(step, Pause):
                self._sleep(step.seconds)
                outcome = None
                continue
            try:
                outcome = self._http.send(step)
            except httpx.TransportError as error:
                outcome = error


class _Caller(Protocol):
    def __call__(self, call: Call[T], /) -> T: ...


class _Runner(Protocol):
    def __call__(self, flow: Flow[T], /) -> T: ...


class Endpoints:
    """The registered targets of senders' events."""

    def __init__(self, call: _Caller) -> None:
        self._call = call

    def create(self, endpoint: EndpointInput, *, idempotency_key: str | None = None) -> Endpoint:
        return self._call(_routes.create_endpoint(endpoint, idempotency_key))

    def list(self, **chosen: Unpack[EndpointsBy]) -> Iterator[Endpoint]:
        """Every matching endpoint, newest first, page by page as they are asked for."""
        return _items(self._call, lambda place: _routes.list_endpoints({**chosen, **place}))

    def get(self, endpoint_id: str) -> Endpoint:
        return self._call(_routes.get_endpoint(endpoint_id))

    def update(self, endpoint_id: str, patch: EndpointPatch) -> Endpoint:
        """What is not given stays, None takes away; the members of `headers` and `metadata` are merged."""
        return self._call(_routes.update_endpoint(endpoint_id, patch))

    def delete(self, endpoint_id: str) -> DeletedEndpoint:
        return self._call(_routes.delete_endpoint(endpoint_id))

    def pause(self, endpoint_id: str) -> Endpoint:
        """Its deliveries are held until it is activated; no attempt is counted."""
        return self._call(_routes.move_endpoint(endpoint_id, "pause"))

    def disable(self, endpoint_id: str) -> Endpoint:
        """It gets no more events, and what waits for it fails."""
        return self._call(_routes.move_endpoint(endpoint_id, "disable"))

    def activate(self, endpoint_id: str) -> Endpoint:
        """It gets events again, and what was held is released."""
        return self._call(_routes.move_endpoint(endpoint_id, "activate"))

    def secret(self, endpoint_id: str) -> SigningSecrets:
        """What its receiver verifies with."""
        return self._call(_routes.endpoint_secret(endpoint_id))

    def rotate(self, endpoint_id: str, rotation: RotationInput | None = None) -> SigningSecrets:
        """A new secret; the old one signs along for `graceSeconds`, a day unless given. Each call makes another one."""
        return self._call(_routes.rotate_endpoint(endpoint_id, rotation or {}))

    def test(self, endpoint_id: str, event: EndpointTest | None = None) -> EndpointTested:
        """Sends it an event of its own, whatever its types and its state. Each call sends another one."""
        return self._call(_routes.try_endpoint(endpoint_id, event or {}))

    def take(self, endpoint_id: str, take: TakeInput | None = None) -> TakenDeliveries:
        """For a listener: what it holds while it is PAUSED. Make each request at once, and answer what came of it."""
        return self._call(_routes.take_held(endpoint_id, take or {}))

    def answer(self, endpoint_id: str, answer: DeliveryAnswer) -> AnsweredDelivery:
        """What came of a delivery that was taken. It is counted once."""
        return self._call(_routes.answer_taken(endpoint_id, answer))

    def replay(
        self, endpoint_id: str, include: Missed, since: datetime | str, **chosen: Unpack[ReplayedBy]
    ) -> Iterator[ReplayResult]:
        """Brings it what it has missed, oldest first, stretch by stretch; yields what each has done."""
        asked = {**chosen, "include": include, "since": since}
        return _stretches(self._call, lambda place: _routes.replay_endpoint(endpoint_id, {**asked, **place}))

    def count_replay(
        self, endpoint_id: str, include: Missed, since: datetime | str, **chosen: Unpack[ReplayedBy]
    ) -> int:
        """How many messages or events `replay` would bring now; changes nothing."""
        asked = {**chosen, "include": include, "since": since, "dry_run": True}
        pages = _stretches(self._call, lambda place: _routes.replay_endpoint(endpoint_id, {**asked, **place}))
        return sum([page["replayed"] for page in pages])


class Events:
    """Accepted once, delivered to every endpoint of the sender that matches."""

    def __init__(self, call: _Caller, run: _Runner, settings: Settings) -> None:
        self._call = call
        self._run = run
        self._settings = settings

    def send(
        self, event: EventInput, *, idempotency_key: str | None = None, correlation_id: str | None = None
    ) -> AcceptedEvent:
        """Stores one event and queues a delivery to each endpoint that matches.

        A HomingError whose `stored` is true tells of an event that is kept and delivered without another call. The body
        is a value, or a JsonText that is sent as it is written.
        """
        return self._call(_routes.send_event(event, idempotency_key, correlation_id))

    def send_batch(
        self, events: Iterable[EventBatchEntry], *, correlation_id: str | None = None
    ) -> Sequence[EventBatchOutcome]:
        """Sends any number of events, as `send_batch` of the client sends messages."""
        return self._run(send_events(self._settings, events, correlation_id))

    def cancel(self, event_id: str) -> CancelledEvent:
        """Cancels what may be cancelled of its messages."""
        return self._call(_routes.cancel_event(event_id))

    def retry(self, event_id: str) -> EventListItem:
        """Makes the messages that are missing, of an event that is PENDING or FAILED. Answers it as it is then."""
        return self._call(_routes.retry_event(event_id))

    def dry_run(self, event: EventInput) -> EventDryRun:
        """Where the event would go now; stores nothing."""
        return self._call(_routes.dry_run_event(event))

    def get(self, event_id: str, *, explain: bool = False) -> Event:
        """`explain`: also why each other endpoint of the sender did not get it."""
        return self._call(_routes.get_event(event_id, explain))

    def get_json(self, event_id: str) -> str:
        """The same as JSON text: numbers, order and escapes of its body are as they were written."""
        return self._call(_routes.get_event_json(event_id))

    def list(self, **chosen: Unpack[EventsBy]) -> Iterator[EventListItem]:
        """Every matching event, newest first, page by page as they are asked for."""
        return _items(self._call, lambda place: _routes.list_events({**chosen, **place}))


_PageAt = Callable[[Mapping[str, Any]], Call[Any]]


def _pages(call: _Caller, page_at: _PageAt, limit: int) -> Iterator[Any]:
    cursor: str | None = None
    while True:
        page = call(page_at({"limit": limit, "cursor": cursor}))
        yield page
        cursor = page.get("nextCursor")
        if cursor is None:
            return


def _stretches(call: _Caller, page_at: _PageAt) -> Iterator[Any]:
    return _pages(call, page_at, _routes.STRETCH)


def _items(call: _Caller, page_at: _PageAt) -> Iterator[Any]:
    for page in _pages(call, page_at, _routes.PAGE):
        for item in page["items"]:
            yield item
