"""Homing's API for programs, and what receivers verify with."""

from homing._batch import BatchOutcome, EventBatchOutcome, EventSentInBatch, RefusedInBatch, SentInBatch
from homing.async_client import AsyncHomingClient
from homing.client import HomingClient
from homing.errors import HomingError, InvalidArgumentError, VerificationError
from homing.json_text import JsonText
from homing.webhooks import TOLERANCE_SECONDS, Verified, verify

__all__ = [
    "TOLERANCE_SECONDS",
    "AsyncHomingClient",
    "BatchOutcome",
    "EventBatchOutcome",
    "EventSentInBatch",
    "HomingClient",
    "HomingError",
    "InvalidArgumentError",
    "JsonText",
    "RefusedInBatch",
    "SentInBatch",
    "VerificationError",
    "Verified",
    "verify",
]
