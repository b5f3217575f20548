"""What is sent, as JSON text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from homing.errors import InvalidArgumentError


class JsonText:
    """What is JSON already, such as a body that you have signed: it is sent as it is written."""

    def __init__(self, text: str) -> None:
        try:
            json.loads(text, parse_constant=_refuse)
            text.encode()
        except ValueError as error:
            raise InvalidArgumentError("The text is not JSON.") from error
        self.text = text


def json_of(value: object, what: str) -> str:
    """As compact JSON. Raises InvalidArgumentError for what JSON cannot say, such as NaN or half a character."""
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        text.encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidArgumentError(f"{what} cannot be written as JSON: {error}") from error
    return text


def message_json(message: Mapping[str, Any], what: str) -> str:
    """A message, or an event, with its body as a value or as JsonText."""
    body = message.get("body")
    if not isinstance(body, JsonText):
        return json_of(message, what)
    others = json_of({name: value for name, value in message.items() if name != "body"}, what)
    separator = "" if others == "{}" else ","
    return f'{{"body":{body.text}{separator}{others[1:]}'


def _refuse(constant: str) -> None:
    raise ValueError(constant)
