"""Any number of messages, as many a call as the API takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias, cast, final

from homing._call import Call, new_idempotency_key
from homing._exchange import Flow, Pause, Settings, exchange
from homing.errors import HomingError
from homing.json_text import message_json
from homing.types import BatchAccepted, BatchEntry, BatchRefused, BatchResult, Problem

MAX_MESSAGES = 100
MAX_BYTES = 4_194_304
UNAVAILABLE = 503
"""In the place of a status where nobody answered."""
_OPEN, _CLOSE = '{"messages":[', "]}"


# Final, so that type checkers know by `"problem" in outcome` which of the two it is.
@final
class SentInBatch(BatchAccepted):
    """A message of a batch that was accepted."""

    # What it was sent under: sent again under the same key, it is never doubled.
    idempotencyKey: str


@final
class RefusedInBatch(BatchRefused):
    """One that was not, or of which nobody knows."""

    idempotencyKey: str


BatchOutcome: TypeAlias = SentInBatch | RefusedInBatch
_Result: TypeAlias = BatchAccepted | BatchRefused


@dataclass(frozen=True)
class _Entry:
    json: str
    index: int


def send_batch(
    settings: Settings, messages: Iterable[BatchEntry], correlation_id: str | None
) -> Flow[list[BatchOutcome]]:
    """Answers what became of each, in their order; those whose problem is retryable have been sent again by then.

    A call that fails is told as the problem of each of its messages: nothing that was accepted is forgotten.
    """
    keyed: list[dict[str, Any]] = [{"idempotencyKey": new_idempotency_key(), **message} for message in messages]
    entries = [_Entry(message_json(message, f"Message {index}"), index) for index, message in enumerate(keyed)]
    outcomes: list[BatchOutcome] = []
    # After a call that failed, the next one is a probe: an outage is met once, not as often as there are calls.
    retries: int | None = None
    for chunk in chunks_of(entries):
        results, answered = yield from _send_chunk(settings, chunk, correlation_id, retries)
        retries = None if answered else 0
        for entry, result in zip(chunk, results, strict=True):
            own = {"index": entry.index, "idempotencyKey": keyed[entry.index]["idempotencyKey"]}
            outcomes.append(cast(BatchOutcome, {**result, **own}))
    return outcomes


def chunks_of(entries: Iterable[_Entry]) -> Iterator[list[_Entry]]:
    """In their order, as many together as one call takes; one that is too large by itself stays alone."""
    chunk: list[_Entry] = []
    size = 0
    for entry in entries:
        length = len(entry.json.encode()) + 1
        if chunk and (len(chunk) == MAX_MESSAGES or size + length > MAX_BYTES):
            yield chunk
            chunk = []
        if not chunk:
            size = len(_OPEN) + len(_CLOSE)
        chunk.append(entry)
        size += length
    if chunk:
        yield chunk


def _send_chunk(
    settings: Settings, chunk: Sequence[_Entry], correlation_id: str | None, retries: int | None
) -> Flow[tuple[list[_Result], bool]]:
    results, answered = yield from _post(settings, chunk, correlation_id, retries)
    for tries in range(settings.retries if answered else 0):
        again = [at for at, result in enumerate(results) if _is_retryable(result)]
        if not again:
            break
        yield Pause(settings.wait(tries))
        repeated, known = yield from _post(settings, [chunk[at] for at in again], correlation_id, retries)
        # What was answered before says more than a call that failed.
        if not known:
            break
        for at, result in zip(again, repeated, strict=True):
            results[at] = result
    return results, answered


def _post(
    settings: Settings, entries: Sequence[_Entry], correlation_id: str | None, retries: int | None
) -> Flow[tuple[list[_Result], bool]]:
    call: Call[BatchResult] = Call(
        "POST",
        "/v1/messages/batch",
        body=f"{_OPEN}{','.join(entry.json for entry in entries)}{_CLOSE}",
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
