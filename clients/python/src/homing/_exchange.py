"""A call as a conversation: what is sent next, and how long is waited before.

Who sends and who waits is not known here, so that it is the same for both clients, and for tests.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import Any, TypeAlias, TypeVar, cast

import httpx

from homing._call import Call, api_url_of, header_text
from homing.errors import HomingError
from homing.types import Problem

T = TypeVar("T")

FIRST_BACKOFF = 0.25
LONGEST_BACKOFF = 8.0
LONGEST_WAIT = 60.0
"""A longer `retry-after` is the caller's business."""
OF_A_GATEWAY = frozenset({429, 502, 503, 504})
"""What gateways answer in the API's place."""


@dataclass(frozen=True)
class Pause:
    seconds: float


Step: TypeAlias = httpx.Request | Pause
Outcome: TypeAlias = httpx.Response | httpx.TransportError | None
Flow: TypeAlias = Generator[Step, Outcome, T]


@dataclass(frozen=True)
class Settings:
    url: str
    key: str = field(repr=False)
    retries: int = 4
    """Repetitions of one call."""
    timeout: float = 30.0
    """Seconds that a try may wait for the connection, and for each part of the answer."""
    random: Callable[[], float] = random.random
    """From 0 up to 1, for the jitter."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "url", api_url_of(self.url))
        header_text(self.key, "key")

    def wait(self, tries: int, retry_after: float | None = None) -> float:
        """Seconds before try `tries` + 2: exponential with jitter, and never less than the API asks for."""
        backoff = min(FIRST_BACKOFF * float(2**tries), LONGEST_BACKOFF)
        return max(backoff * (0.5 + self.random() / 2), retry_after or 0)


def exchange(settings: Settings, call: Call[T], retries: int | None = None) -> Flow[T]:
    """Answers what the API says, or raises HomingError once no repetition is left."""
    request = _request_of(settings, call)
    tries = 0
    while True:
        outcome = yield request
        try:
            return _answer_of(settings, call, outcome)
        except HomingError as error:
            wait = settings.wait(tries, error.retry_after)
            most = settings.retries if retries is None else retries
            if not error.retryable or tries >= most or wait > LONGEST_WAIT:
                raise
        yield Pause(wait)
        tries += 1


def _request_of(settings: Settings, call: Call[Any]) -> httpx.Request:
    headers = {"authorization": f"Bearer {settings.key}", "accept": "application/json"}
    if call.body is not None:
        headers["content-type"] = "application/json"
    if call.correlation_id is not None:
        headers["x-correlation-id"] = header_text(call.correlation_id, "correlation id")
    if call.idempotency_key is not None:
        headers["idempotency-key"] = header_text(call.idempotency_key, "idempotency key")
    content = None if call.body is None else call.body.encode()
    return httpx.Request(
        call.method,
        settings.url + call.path,
        headers=headers,
        content=content,
        extensions={"timeout": httpx.Timeout(settings.timeout).as_dict()},
    )


def _answer_of(settings: Settings, call: Call[T], outcome: Outcome) -> T:
    if not isinstance(outcome, httpx.Response):
        raise HomingError(
            f"Homing at {settings.url} cannot be reached.",
            retryable=call.repeatable,
            idempotency_key=call.idempotency_key,
        ) from outcome
    if not outcome.is_success:
        raise _refusal(call, outcome)
    answer = _parsed(outcome)
    if answer is None:
        raise HomingError(
            f"What answers at {settings.url} is not Homing: it said {outcome.status_code} without JSON.",
            status=outcome.status_code,
            retryable=False,
            idempotency_key=call.idempotency_key,
        )
    return cast(T, outcome.text if call.as_text else answer)


def _refusal(call: Call[Any], response: httpx.Response) -> HomingError:
    status = response.status_code
    after = response.headers.get("retry-after", "")
    retry_after = float(after) if after.isascii() and after.isdigit() else None
    is_problem = response.headers.get("content-type", "").startswith("application/problem+json")
    problem = cast(Problem | None, _parsed(response)) if is_problem else None
    if problem is None:
        return HomingError(
            f"Homing did not answer: something before it said {status}.",
            status=status,
            retryable=call.repeatable and status in OF_A_GATEWAY,
            retry_after=retry_after,
            idempotency_key=call.idempotency_key,
        )
    reasons = [f"{one['path']}: {one['message']}".removeprefix(": ") for one in problem.get("errors", [])]
    return HomingError(
        f"{problem['title']}: {'; '.join(reasons) or problem['detail']}",
        problem=problem,
        status=status,
        retryable=problem["retryable"],
        retry_after=retry_after,
        idempotency_key=call.idempotency_key,
    )


def _parsed(response: httpx.Response) -> dict[str, Any] | None:
    """None for what is no JSON object: the API answers nothing else."""
    try:
        answer = json.loads(response.content)
    except ValueError:
        return None
    return answer if isinstance(answer, dict) else None
