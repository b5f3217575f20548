"""For receivers: whether a request comes from Homing (https://www.standardwebhooks.com)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from homing.errors import InvalidArgumentError, VerificationError

TOLERANCE_SECONDS = 300
"""An older request may be a replay."""

_SECRET_PREFIX = "whsec_"  # noqa: S105
_TIMESTAMP = re.compile(r"[0-9]{1,12}", re.ASCII)


@dataclass(frozen=True)
class Verified:
    """A request that comes from Homing."""

    webhook_id: str
    """The same each time it is delivered: deliveries are repeated, so remember it, and act once."""
    signed_at: datetime
    """When this attempt was signed."""


def verify(
    secret: str | Sequence[str],
    headers: Mapping[str, str],
    raw_body: bytes | str,
    *,
    tolerance: float = TOLERANCE_SECONDS,
    now: float | None = None,
) -> Verified:
    """Answers what was verified, or raises.

    `secret` is `whsec_…`, or several of which one must fit: while a secret is replaced. `headers` may be in any
    spelling. `raw_body` is the body as it was received, before any parser touched it. `tolerance` and `now` are
    seconds.

    Raises VerificationError for a request that is not to be trusted, and InvalidArgumentError if the secret or the
    body cannot be what was meant.
    """
    keys = [_key_of(one) for one in ([secret] if isinstance(secret, str) else secret)]
    if not keys:
        raise InvalidArgumentError("Give at least one secret.")
    if isinstance(raw_body, str):
        raw_body = raw_body.encode()
    if not isinstance(raw_body, bytes | bytearray | memoryview):
        raise InvalidArgumentError("The body must be given as it was received: its bytes, or its text.")
    webhook_id, timestamp, given = (_header_of(headers, f"webhook-{name}") for name in ("id", "timestamp", "signature"))
    if not _TIMESTAMP.fullmatch(timestamp):
        raise VerificationError("webhook-timestamp is not a time.")
    off = abs((time.time() if now is None else now) - int(timestamp))
    if off > tolerance:
        raise VerificationError(
            f"The request was signed {round(off)} s from now: it is repeated by somebody, or a clock is wrong."
        )
    signed = b".".join([webhook_id.encode(), timestamp.encode(), bytes(raw_body)])
    signatures = [signature.encode() for signature in given.split(" ")]
    for key in keys:
        digest = hmac.new(key, signed, hashlib.sha256).digest()
        expected = b"v1," + base64.b64encode(digest)
        if any(hmac.compare_digest(signature, expected) for signature in signatures):
            return Verified(webhook_id, datetime.fromtimestamp(int(timestamp), UTC))
    raise VerificationError("No signature fits: the secret is another one, or the body is not as it was sent.")


def _key_of(secret: str) -> bytes:
    try:
        key = base64.b64decode(secret.removeprefix(_SECRET_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not key:
        raise InvalidArgumentError("A secret is whsec_ and the secret's bytes in base64.")
    return key


def _header_of(headers: Mapping[str, str], name: str) -> str:
    found = [value for key, value in headers.items() if key.lower() == name]
    if len(found) != 1 or not found[0]:
        raise VerificationError(f"The request has no {name}.")
    return found[0]
