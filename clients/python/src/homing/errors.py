"""What goes wrong."""

from __future__ import annotations

from homing.types import Problem


class HomingError(Exception):
    """A call that the API refused or could not finish, or that never reached it."""

    def __init__(
        self,
        message: str,
        *,
        retryable: bool,
        problem: Problem | None = None,
        status: int | None = None,
        retry_after: float | None = None,
        idempotency_key: str | None = None,
    ) -> None:
        super().__init__(message)
        self.problem = problem
        """The problem document; None if the API did not answer, or something before it did."""
        self.status = status
        """HTTP status; None without an answer."""
        self.retryable = retryable
        """Whether the very same call is safe and useful to repeat; the client has done so already."""
        self.retry_after = retry_after
        """Seconds, as the answer's `retry-after` says."""
        self.idempotency_key = idempotency_key
        """What the message was sent under: sent again under the same key, it is never doubled."""

    @property
    def code(self) -> str | None:
        return None if self.problem is None else self.problem["code"]

    @property
    def correlation_id(self) -> str | None:
        return None if self.problem is None else self.problem["correlationId"]

    @property
    def stored(self) -> bool:
        """True if the message, or the event, is kept, and sent without another call, although this one failed."""
        return self.problem is not None and self.problem.get("stored", False)

    @property
    def event_id(self) -> str | None:
        return None if self.problem is None else self.problem.get("eventId")

    @property
    def message_id(self) -> str | None:
        return None if self.problem is None else self.problem.get("messageId")


class InvalidArgumentError(ValueError):
    """The call itself is wrong: nothing was sent, and repeating it cannot help."""


class VerificationError(Exception):
    """A request that does not come from Homing, or not now: answer it with 400, and do nothing."""
