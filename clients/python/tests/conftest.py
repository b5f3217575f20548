"""Both clients, through one set of tests."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import httpx
import pytest

from homing import AsyncHomingClient, HomingClient

Answer = Callable[[httpx.Request], httpx.Response]


class Waited:
    """A client whose calls, asynchronous or not, are waited for; its own waits take no time."""

    def __init__(self, kind: str, url: str, key: str, transport: httpx.MockTransport | None = None) -> None:
        self.waits: list[float] = []
        self.loop = asyncio.new_event_loop()
        if kind == "async":

            async def sleep(seconds: float) -> None:
                self.waits.append(seconds)

            self.client: Any = AsyncHomingClient(url, key, transport=transport, sleep=sleep)
        else:
            self.client = HomingClient(url, key, transport=transport, sleep=self.waits.append)
        self.endpoints = Calls(self, self.client.endpoints)
        self.events = Calls(self, self.client.events)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        return Calls(self, self.client).__getattr__(name)

    def close(self) -> None:
        if isinstance(self.client, AsyncHomingClient):
            self.loop.run_until_complete(self.client.aclose())
        else:
            self.client.close()
        self.loop.close()


class Calls:
    def __init__(self, waited: Waited, owner: object) -> None:
        self.waited = waited
        self.owner = owner

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self.owner, name)

        def call(*args: object, **kwargs: object) -> Any:
            answer = method(*args, **kwargs)
            if isinstance(answer, AsyncIterator):
                return self.waited.loop.run_until_complete(all_of(answer))
            if isinstance(answer, Awaitable):
                return self.waited.loop.run_until_complete(answered(answer))
            return list(answer) if isinstance(answer, Iterator) else answer

        return call


async def all_of(items: AsyncIterator[Any]) -> list[Any]:
    return [item async for item in items]


async def answered(answer: Awaitable[Any]) -> Any:
    return await answer


@pytest.fixture(params=["sync", "async"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def homing(kind: str) -> Iterator[Waited]:
    """A client of the running stack."""
    waited = Waited(kind, os.environ["HOMING_URL"], os.environ["HOMING_KEY"])
    yield waited
    waited.close()


@pytest.fixture
def receiver() -> str:
    """Where messages may go."""
    return os.environ["HOMING_RECEIVER"]


@pytest.fixture
def answering(kind: str) -> Iterator[Callable[..., tuple[Waited, list[httpx.Request]]]]:
    """Makes a client of something that answers as it is told, in turn; the last answer stays."""
    made: list[Waited] = []

    def make(*answers: Answer) -> tuple[Waited, list[httpx.Request]]:
        requests: list[httpx.Request] = []

        def handle(request: httpx.Request) -> httpx.Response:
            requests.append(request)
            return answers[min(len(requests), len(answers)) - 1](request)

        made.append(Waited(kind, "http://homing.test/v1/", "a key", httpx.MockTransport(handle)))
        return made[-1], requests

    yield make
    for waited in made:
        waited.close()
