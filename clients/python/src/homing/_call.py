"""One call of the API, before anything is sent."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from urllib.parse import quote, urlencode, urlsplit

from homing.errors import InvalidArgumentError

T = TypeVar("T")

_HEADER_TEXT = re.compile(r"[\x20-\x7e]*")


@dataclass(frozen=True)
class Call(Generic[T]):
    """What is asked for, and the type of its answer."""

    method: str
    path: str
    """With `/v1` and the query."""
    body: str | None = None
    """JSON text."""
    idempotency_key: str | None = None
    correlation_id: str | None = None
    repeatable: bool = False
    """It may be repeated when nobody knows what became of it: it changes nothing, or carries its own key."""
    as_text: bool = False
    """Answer the text of the JSON, not what it says."""


def new_idempotency_key() -> str:
    return secrets.token_hex(16)


def api_url_of(text: str) -> str:
    """Where the API is, from what people write: with or without `/v1` and slashes at the end."""
    try:
        url = urlsplit(text)
        valid = url.scheme.lower() in ("http", "https") and bool(url.hostname) and (url.port or 1) > 0
    except ValueError:
        valid = False
    if not valid:
        raise InvalidArgumentError(f'"{text}" is not a URL such as http://127.0.0.1:3000 or https://api.example.com.')
    if url.username is not None or url.password is not None or url.query or url.fragment:
        raise InvalidArgumentError("The URL of the API must hold neither a user, nor a query, nor a fragment.")
    path = [part for part in url.path.split("/") if part]
    if path and path[-1] == "v1":
        path.pop()
    return "/".join([f"{url.scheme.lower()}://{url.netloc}", *path])


def path_of(*parts: str) -> str:
    return "/v1/" + "/".join(quote(part, safe="") for part in parts)


def query_of(values: Mapping[str, Any]) -> str:
    query = urlencode({name: _text_of(value) for name, value in values.items() if value is not None})
    return f"?{query}" if query else ""


def filter_of(values: Mapping[str, Any]) -> dict[str, Any]:
    """Names as the API has them, and times as it reads them."""
    return {
        re.sub(r"_([a-z])", lambda match: match[1].upper(), name): _moment_of(value)
        for name, value in values.items()
        if value is not None
    }


def header_text(value: str, what: str) -> str:
    """Raises InvalidArgumentError for what no header can carry; without the text, which may be a secret."""
    if not _HEADER_TEXT.fullmatch(value):
        raise InvalidArgumentError(f"The {what} holds characters that no header can carry.")
    return value


def _text_of(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _moment_of(value: object) -> object:
    if not isinstance(value, datetime):
        return value
    if value.tzinfo is None:
        raise InvalidArgumentError(f"{value} does not say in which time zone.")
    return value.isoformat()
