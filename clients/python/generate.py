"""Writes client.py: async_client.py without its waiting. Run it after a change of that."""

import re
from pathlib import Path

SOURCES = Path(__file__).parent / "src" / "homing"

WITHOUT_WAITING = [
    (r"with an event loop\.", "that wait for each call. Written by generate.py from async_client.py, not by hand."),
    (r"import asyncio", "import time"),
    (r"asyncio\.sleep", "time.sleep"),
    (r"Awaitable\[None\]", "None"),
    (r"AsyncIterator, Awaitable, Callable, Iterable, Mapping", "Callable, Iterable, Iterator, Mapping"),
    (r"httpx\.AsyncClient", "httpx.Client"),
    (r"__a(enter|exit)__", r"__\1__"),
    (r"\baclose\b", "close"),
    (r"\basync |\bawait ", ""),
    (r"\b(_?)Async(?=[A-Z])", r"\1"),
]


def generated() -> str:
    source = (SOURCES / "async_client.py").read_text(encoding="utf-8")
    for pattern, replacement in WITHOUT_WAITING:
        source = re.sub(pattern, replacement, source)
    return source


if __name__ == "__main__":
    (SOURCES / "client.py").write_text(generated(), encoding="utf-8")
