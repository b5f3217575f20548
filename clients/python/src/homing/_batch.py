"""Any number of messages or events, as many a call as the API takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias, cast, final

from homing._call import Call, new_idempotency_key
from homing._exchange import Flow, Pause, Settings, exchange
from homing.errors import HomingError
from homing.json_text import message_json
from homing.types import (
    BatchAccepted,
    BatchEntry,
    BatchRefused,
    EventBatchAccepted,
    EventBatchEntry,
    Problem,
)

MAX_ENTRIES = 100
MAX_BYTES = 4_194_304
UNAVAILABLE = 503
"""In the place of a status where nobody answered."""
_CLOSE = "]}"


# Final, so that type checkers know by `"problem" in outcome` which of the two it is.
@final
class SentInBatch(BatchAccepted):
    """A message of a batch that was accepted."""

    # What it was sent under: sent again under the same key, it is never doubled.
    idempotencyKey: str


@final
class EventSentInBatch(EventBatchAccepted):
    """An event of one."""

    idempotencyKey: str


@final
class RefusedInBatch(BatchRefused):
    """One that was not, or of which nobody knows."""

    idempotencyKey: str


BatchOutcome: TypeAlias = SentInBatch | RefusedInBatch
EventBatchOutcome: TypeAlias = EventSentInBatch | RefusedInBatch
_Result: TypeAlias = BatchAccepted | EventBatchAccepted | BatchRefused


@dataclass(frozen=True)
class _Kind:
    """What a batch is of."""

    name: str
    """As the API has it."""
    one: str

    @property
    def opening(self) -> str:
        return f'{{"{self.name}":['


MESSAGES = _Kind("messages", "Message")
EVENTS = _Kind("events", "Event")


@dataclass(frozen=True)
class _Entry:
    json: str
    index: int


def send_messages(
    settings: Settings, messages: Iterable[BatchEntry], correlation_id: str | None
) -> Flow[Sequence[BatchOutcome]]:
    return cast(Flow[Sequence[BatchOutcome]], _send_all(settings, MESSAGES, messages, correlation_id))


def send_events(
    settings: Settings, events: Iterable[EventBatchEntry], correlation_id: str | None
) -> Flow[Sequence[EventBatchOutcome]]:
    return cast(Flow[Sequence[EventBatchOutcome]], _send_all(settings, EVENTS, events, correlation_id))


def _send_all(
    settings: Settings,
    kind: _Kind,
    entries: Iterable[BatchEntry] | Iterable[EventBatchEntry],
    correlation_id: str | None,
) -> Flow[list[dict[str, Any]]]:
    """Answers what became of each, in their order; those that are retryable have been sent again by then.

    A call that fails is told as the problem of each of its entries: nothing that was accepted is forgotten.
    """
    keyed: list[dict[str, Any]] = [{"idempotencyKey": new_idempotency_key(), **entry} for entry in entries]
    all_entries = [_Entry(message_json(entry, f"{kind.one} {index}"), index) for index, entry in enumerate(keyed)]
    outcomes: list[dict[str, Any]] = []
    # After a call that failed, the next one is a probe: an outage is met once, not as often as there are calls.
    retries: int | None = None
    for chunk in chunks_of(all_entries, kind):
        results, answered = yield from _send_chunk(settings, kind, chunk, correlation_id, retries)
        retries = None if answered else 0
        for entry, result in zip(chunk, results, strict=True):
            key = keyed[entry.index]["idempotencyKey"]
            outcomes.append({**result, "index": entry.index, "idempotencyKey": key})
    return outcomes


def chunks_of(entries: Iterable[_Entry], kind: _Kind) -> Iterator[list[_Entry]]:
    """In their order, as many together as one call takes; one that is too large by itself stays alone."""
    chunk: list[_Entry] = []
    size = 0
    for entry in entries:
        length = len(entry.json.encode()) + 1
        if chunk and (len(chunk) == MAX_ENTRIES or size + length > MAX_BYTES):
            yield chunk
            chunk = []
        if not chunk:
            size = len(kind.opening) + len(_CLOSE)
        chunk.append(entry)
        size += length
    if chunk:
        yield chunk


def _send_chunk(
    settings: Settings, kind: _Kind, chunk: Sequence[_Entry], correlation_id: str | None, retries: int | None
) -> Flow[tuple[list[_Result], bool]]:
    results, answered = yield from _post(settings, kind, chunk, correlation_id, retries)
    for tries in range(settings.retries if answered else 0):
        again = [at for at, result in enumerate(results) if _is_retryable(result)]
        if not again:
            break
        yield Pause(settings.wait(tries))
        left = [chunk[at] for at in again]
        repeated, known = yield from _post(settings, kind, left, correlation_id, retries)
        # What was answered before says more than a call that failed.
        if not known:
            break
        for at, result in zip(again, repeated, strict=True):
            results[at] = result
    return results, answered


def _post(
    settings: Settings, kind: _Kind, entries: Sequence[_Entry], correlation_id: str | None, retries: int | None
) -> Flow[tuple[list[_Result], bool]]:
    call: Call[Any] = Call(
        "POST",
        f"/v1/{kind.name}/batch",
        body=f"{kind.opening}{','.join(entry.json for entry in entries)}{_CLOSE}",
        correlation_id=correlation_id,
        repeatable=True,
    )
    try:
        answer = yield from exchange(settings, call, retries)
    except HomingError as error:
        return [_failure_of(error, entry.index) for entry in entries], False
    return answer["results"], True


def _is_retryable(result: _Result) -> bool:
    problem = cast(Problem | None, result.get("problem"))
    return problem is not None and problem["retryable"]


def _failure_of(error: HomingError, index: int) -> BatchRefused:
    status = error.status or UNAVAILABLE
    problem: Problem = error.problem or {
        "type": "about:blank",
        "title": "No answer",
        "status": status,
        "detail": str(error),
        "code": "SYSTEM_ERROR",
        "correlationId": "",
        "retryable": error.retryable,
    }
    return {"index": index, "httpStatus": status, "problem": problem}
