"""The client for programs with an event loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
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


class AsyncHomingClient:
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
        transport: httpx.AsyncBaseTransport | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._settings = Settings(url, key, retries, timeout)
        # A call that is led elsewhere would arrive there as another one: without its body or its key.
        self._http = httpx.AsyncClient(transport=transport, follow_redirects=False)
        self._sleep = sleep
        self.endpoints = AsyncEndpoints(self._call)
        """Where events go to."""
        self.events = AsyncEvents(self._call, self._run, self._settings)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        await self._http.aclose()

    async def send(
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
        return await self._call(_routes.send(message, idempotency_key, correlation_id))

    async def send_batch(
        self, messages: Iterable[BatchEntry], *, correlation_id: str | None = None
    ) -> Sequence[BatchOutcome]:
        """Sends any number of messages, as many a call as the API takes.

        Answers what became of each, in their order; those whose problem is retryable have been sent again by then. A
        call that fails is told as the problem of each of its messages: nothing that was accepted is forgotten.
        """
        return await self._run(send_messages(self._settings, messages, correlation_id))

    async def get(self, message_id: str) -> Message:
        return await self._call(_routes.get(message_id))

    async def get_json(self, message_id: str) -> str:
        """The same as JSON text: numbers, order and escapes of its body are as they were written."""
        return await self._call(_routes.get_json(message_id))

    async def list_page(
        self, *, limit: int | None = None, cursor: str | None = None, **chosen: Unpack[ListedBy]
    ) -> MessageList:
        """One page, newest first. It may be short, or empty, and still have a `nextCursor`."""
        return await self._call(_routes.list_messages({**chosen, "limit": limit, "cursor": cursor}))

    def list(self, **chosen: Unpack[ListedBy]) -> AsyncIterator[ListItem]:
        """Every matching message, newest first, page by page as they are asked for."""
        return _items(self._call, lambda place: _routes.list_messages({**chosen, **place}))

    async def retry(self, message_id: str) -> Moved:
        """A new round of attempts for a failed message; a waiting one is sent now."""
        return await self._call(_routes.retry(message_id))

    async def cancel(self, message_id: str) -> Moved:
        return await self._call(_routes.cancel(message_id))

    async def resolve(self, message_id: str) -> Moved:
        """A failure that has been dealt with: it stays FAILED and is still found, and counts as one no more."""
        return await self._call(_routes.resolve(message_id))

    async def skip(self, message_id: str) -> Moved:
        """Those behind a failed message that blocks its order go on without it."""
        return await self._call(_routes.skip(message_id))

    async def lane(self, ordering_key: str, *, sender_id: str | None = None) -> Lane:
        """What is first of an ordering key, since when, and how many wait behind it."""
        return await self._call(_routes.get_lane(ordering_key, sender_id))

    def lanes(self, *, sender_id: str | None = None) -> AsyncIterator[Lane]:
        """Ordering keys whose messages do not move, the longest first, page by page as they are asked for."""
        return _items(self._call, lambda place: _routes.list_lanes({"sender_id": sender_id, **place}))

    def retry_all(self, **chosen: Unpack[ChosenBy]) -> AsyncIterator[BulkRetryResult]:
        """Retries every failed message that matches, stretch by stretch; yields what each has done."""
        return _stretches(self._call, lambda place: _routes.retry_many({**chosen, **place}))

    def resolve_all(self, **chosen: Unpack[ChosenBy]) -> AsyncIterator[BulkResolveResult]:
        """Resolves every failed message that matches, stretch by stretch; yields what each has done."""
        return _stretches(self._call, lambda place: _routes.resolve_many({**chosen, **place}))

    async def count_retryable(self, **chosen: Unpack[ChosenBy]) -> int:
        """How many failed messages `retry_all` would look at now; changes nothing."""
        return await self._count("retry", {**chosen, "status": "FAILED"})

    def cancel_all(self, status: Waiting, **chosen: Unpack[ChosenBy]) -> AsyncIterator[BulkCancelResult]:
        """Cancels every message that matches and waits in this status, stretch by stretch, and yields what each did."""
        return _stretches(self._call, lambda place: _routes.cancel_many({**chosen, "status": status, **place}))

    async def count_cancellable(self, status: Waiting, **chosen: Unpack[ChosenBy]) -> int:
        """How many messages `cancel_all` would look at now; changes nothing."""
        return await self._count("cancel", {**chosen, "status": status})

    async def stats(self, sender_id: str | None = None, endpoint_id: str | None = None) -> Stats:
        """Of everything, or of one sender, or of what its events have come to at one endpoint."""
        return await self._call(_routes.stats(sender_id, endpoint_id))

    async def series(
        self,
        period: Literal["hour", "day", "week"] = "day",
        *,
        sender_id: str | None = None,
        endpoint_id: str | None = None,
        target: str | None = None,
    ) -> Series:
        """What happened over an hour, a day or a week, step by step."""
        query = {"period": period, "sender_id": sender_id, "endpoint_id": endpoint_id, "target": target}
        return await self._call(_routes.series(query))

    async def targets(self, sender_id: str | None = None) -> TargetList:
        """How each host and endpoint fares, the failing ones first; `basis` says of which messages that is told."""
        return await self._call(_routes.targets(sender_id))

    async def own_key(self) -> OwnKey:
        """Whose key this client uses, and what it may do."""
        return await self._call(_routes.own_key())

    def list_keys(self, sender_id: str | None = None) -> AsyncIterator[Key]:
        """All keys that this one may manage, or those of one sender (`*`: of all senders), newest first."""
        return _items(self._call, lambda place: _routes.list_keys({"sender_id": sender_id, **place}))

    async def create_key(
        self, sender_id: str, scopes: Sequence[str], *, name: str | None = None, expires_in: str | None = None
    ) -> CreatedKey:
        """The answer holds the key, which is never shown again. `*` is all senders; `expires_in` is such as `12h`."""
        return await self._call(_routes.create_key(sender_id, scopes, name, expires_in))

    async def revoke_key(self, key_id: str) -> Key:
        return await self._call(_routes.revoke_key(key_id))

    async def create_portal_link(self, sender_id: str, *, expires_in: str | None = None) -> PortalLink:
        """A link to the portal of one sender, for that sender's own people; it opens it for whoever has it."""
        return await self._call(_routes.create_portal_link(sender_id, expires_in))

    async def rotate_sender(self, sender_id: str) -> RotatedSender:
        """Replaces a sender's signing secret; the old one signs along for 24 hours."""
        return await self._call(_routes.rotate_sender(sender_id))

    async def _count(self, verb: str, chosen: Mapping[str, Any]) -> int:
        pages = _stretches(self._call, lambda place: _routes.count_many(verb, {**chosen, **place}))
        return sum([page["matching"] async for page in pages])

    async def _call(self, call: Call[T]) -> T:
        return await self._run(exchange(self._settings, call))

    async def _run(self, flow: Flow[T]) -> T:
        outcome: Outcome = None
        while True:
            try:
                step = flow.send(outcome)
            except StopIteration as end:
                answer: T = end.value
                return answer
            if isinstance(step, Pause):
                await self._sleep(step.seconds)
                outcome = None
                continue
            try:
                outcome = await self._http.send(step)
            except httpx.TransportError as error:
                outcome = error


class _AsyncCaller(Protocol):
    async def __call__(self, call: Call[T], /) -> T: ...


class _AsyncRunner(Protocol):
    async def __call__(self, flow: Flow[T], /) -> T: ...


class AsyncEndpoints:
    """The registered targets of senders' events."""

    def __init__(self, call: _AsyncCaller) -> None:
        self._call = call

    async def create(self, endpoint: EndpointInput, *, idempotency_key: str | None = None) -> Endpoint:
        return await self._call(_routes.create_endpoint(endpoint, idempotency_key))

    def list(self, **chosen: Unpack[EndpointsBy]) -> AsyncIterator[Endpoint]:
        """Every matching endpoint, newest first, page by page as they are asked for."""
        return _items(self._call, lambda place: _routes.list_endpoints({**chosen, **place}))

    async def get(self, endpoint_id: str) -> Endpoint:
        return await self._call(_routes.get_endpoint(endpoint_id))

    async def update(self, endpoint_id: str, patch: EndpointPatch) -> Endpoint:
        """What is not given stays, None takes away; the members of `headers` and `metadata` are merged."""
        return await self._call(_routes.update_endpoint(endpoint_id, patch))

    async def delete(self, endpoint_id: str) -> DeletedEndpoint:
        return await self._call(_routes.delete_endpoint(endpoint_id))

    async def pause(self, endpoint_id: str) -> Endpoint:
        """Its deliveries are held until it is activated; no attempt is counted."""
        return await self._call(_routes.move_endpoint(endpoint_id, "pause"))

    async def disable(self, endpoint_id: str) -> Endpoint:
        """It gets no more events, and what waits for it fails."""
        return await self._call(_routes.move_endpoint(endpoint_id, "disable"))

    async def activate(self, endpoint_id: str) -> Endpoint:
        """It gets events again, and what was held is released."""
        return await self._call(_routes.move_endpoint(endpoint_id, "activate"))

    async def secret(self, endpoint_id: str) -> SigningSecrets:
        """What its receiver verifies with."""
        return await self._call(_routes.endpoint_secret(endpoint_id))

    async def rotate(self, endpoint_id: str, rotation: RotationInput | None = None) -> SigningSecrets:
        """A new secret; the old one signs along for `graceSeconds`, a day unless given. Each call makes another one."""
        return await self._call(_routes.rotate_endpoint(endpoint_id, rotation or {}))

    async def test(self, endpoint_id: str, event: EndpointTest | None = None) -> EndpointTested:
        """Sends it an event of its own, whatever its types and its state. Each call sends another one."""
        return await self._call(_routes.try_endpoint(endpoint_id, event or {}))

    async def take(self, endpoint_id: str, take: TakeInput | None = None) -> TakenDeliveries:
        """For a listener: what it holds while it is PAUSED. Make each request at once, and answer what came of it."""
        return await self._call(_routes.take_held(endpoint_id, take or {}))

    async def answer(self, endpoint_id: str, answer: DeliveryAnswer) -> AnsweredDelivery:
        """What came of a delivery that was taken. It is counted once."""
        return await self._call(_routes.answer_taken(endpoint_id, answer))

    def replay(
        self, endpoint_id: str, include: Missed, since: datetime | str, **chosen: Unpack[ReplayedBy]
    ) -> AsyncIterator[ReplayResult]:
        """Brings it what it has missed, oldest first, stretch by stretch; yields what each has done."""
        asked = {**chosen, "include": include, "since": since}
        return _stretches(self._call, lambda place: _routes.replay_endpoint(endpoint_id, {**asked, **place}))

    async def count_replay(
        self, endpoint_id: str, include: Missed, since: datetime | str, **chosen: Unpack[ReplayedBy]
    ) -> int:
        """How many messages or events `replay` would bring now; changes nothing."""
        asked = {**chosen, "include": include, "since": since, "dry_run": True}
        pages = _stretches(self._call, lambda place: _routes.replay_endpoint(endpoint_id, {**asked, **place}))
        return sum([page["replayed"] async for page in pages])


class AsyncEvents:
    """Accepted once, delivered to every endpoint of the sender that matches."""

    def __init__(self, call: _AsyncCaller, run: _AsyncRunner, settings: Settings) -> None:
        self._call = call
        self._run = run
        self._settings = settings

    async def send(
        self, event: EventInput, *, idempotency_key: str | None = None, correlation_id: str | None = None
    ) -> AcceptedEvent:
        """Stores one event and queues a delivery to each endpoint that matches.

        A HomingError whose `stored` is true tells of an event that is kept and delivered without another call. The body
        is a value, or a JsonText that is sent as it is written.
        """
        return await self._call(_routes.send_event(event, idempotency_key, correlation_id))

    async def send_batch(
        self, events: Iterable[EventBatchEntry], *, correlation_id: str | None = None
    ) -> Sequence[EventBatchOutcome]:
        """Sends any number of events, as `send_batch` of the client sends messages."""
        return await self._run(send_events(self._settings, events, correlation_id))

    async def cancel(self, event_id: str) -> CancelledEvent:
        """Cancels what may be cancelled of its messages."""
        return await self._call(_routes.cancel_event(event_id))

    async def retry(self, event_id: str) -> EventListItem:
        """Makes the messages that are missing, of an event that is PENDING or FAILED. Answers it as it is then."""
        return await self._call(_routes.retry_event(event_id))

    async def dry_run(self, event: EventInput) -> EventDryRun:
        """Where the event would go now; stores nothing."""
        return await self._call(_routes.dry_run_event(event))

    async def get(self, event_id: str, *, explain: bool = False) -> Event:
        """`explain`: also why each other endpoint of the sender did not get it."""
        return await self._call(_routes.get_event(event_id, explain))

    async def get_json(self, event_id: str) -> str:
        """The same as JSON text: numbers, order and escapes of its body are as they were written."""
        return await self._call(_routes.get_event_json(event_id))

    def list(self, **chosen: Unpack[EventsBy]) -> AsyncIterator[EventListItem]:
        """Every matching event, newest first, page by page as they are asked for."""
        return _items(self._call, lambda place: _routes.list_events({**chosen, **place}))


_PageAt = Callable[[Mapping[str, Any]], Call[Any]]


async def _pages(call: _AsyncCaller, page_at: _PageAt, limit: int) -> AsyncIterator[Any]:
    cursor: str | None = None
    while True:
        page = await call(page_at({"limit": limit, "cursor": cursor}))
        yield page
        cursor = page.get("nextCursor")
        if cursor is None:
            return


def _stretches(call: _AsyncCaller, page_at: _PageAt) -> AsyncIterator[Any]:
    return _pages(call, page_at, _routes.STRETCH)


async def _items(call: _AsyncCaller, page_at: _PageAt) -> AsyncIterator[Any]:
    async for page in _pages(call, page_at, _routes.PAGE):
        for item in page["items"]:
            yield item
