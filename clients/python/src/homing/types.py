"""The shapes of the API, as openapi.json has them.

Not written by hand: `npx vitest run --project unit openapi -u` does.
"""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypeAlias, TypedDict


class MessageInput(TypedDict):
    # Where to deliver: http or https, a public host.
    targetUrl: str
    method: NotRequired[Literal["GET", "POST", "PUT", "PATCH", "DELETE"]]
    # At most 64, 16 KiB in all. Those that HTTP or Homing itself sets are refused.
    headers: NotRequired[dict[str, str]]
    # Any JSON value. A string is sent as its UTF-8 bytes, anything else as the JSON text it is written in,
    # without insignificant white space. Binary bodies are not offered.
    body: NotRequired[Any]
    # Who sends; keeps its own lists, limits and signing secret.
    senderId: NotRequired[str]
    # Not before this time, at most 30 days ahead.
    deliverAt: NotRequired[str]
    # Useless after this time: no attempt starts later.
    deliverBy: NotRequired[str]
    # Messages of one sender with the same key are delivered one at a time, in the order in which they were
    # accepted. Not with deliverAt.
    orderingKey: NotRequired[str]
    # What those behind it in its order do once it has FAILED: go on, or wait until somebody retries or skips
    # it. Only with orderingKey.
    afterFailure: NotRequired[Literal["continue", "block"]]
    # At most 16 pairs, 8 KiB in all. Stored and shown, not sent.
    metadata: NotRequired[dict[str, str]]


class BatchEntry(TypedDict):
    # Where to deliver: http or https, a public host.
    targetUrl: str
    method: NotRequired[Literal["GET", "POST", "PUT", "PATCH", "DELETE"]]
    # At most 64, 16 KiB in all. Those that HTTP or Homing itself sets are refused.
    headers: NotRequired[dict[str, str]]
    # Any JSON value. A string is sent as its UTF-8 bytes, anything else as the JSON text it is written in,
    # without insignificant white space. Binary bodies are not offered.
    body: NotRequired[Any]
    # Who sends; keeps its own lists, limits and signing secret.
    senderId: NotRequired[str]
    # Not before this time, at most 30 days ahead.
    deliverAt: NotRequired[str]
    # Useless after this time: no attempt starts later.
    deliverBy: NotRequired[str]
    # Messages of one sender with the same key are delivered one at a time, in the order in which they were
    # accepted. Not with deliverAt.
    orderingKey: NotRequired[str]
    # What those behind it in its order do once it has FAILED: go on, or wait until somebody retries or skips
    # it. Only with orderingKey.
    afterFailure: NotRequired[Literal["continue", "block"]]
    # At most 16 pairs, 8 KiB in all. Stored and shown, not sent.
    metadata: NotRequired[dict[str, str]]
    # As the header of the same name, for this message.
    idempotencyKey: NotRequired[str]


class Batch(TypedDict):
    messages: list[BatchEntry]


class BulkRetry(TypedDict):
    status: Literal["FAILED"]
    # `true`: those that somebody has resolved, instead of those that nobody has.
    resolved: NotRequired[bool]
    # Who sends; keeps its own lists, limits and signing secret.
    senderId: NotRequired[str]
    # Accepted at or after this time.
    since: NotRequired[str]
    # Accepted before this time.
    until: NotRequired[str]
    # Host of the target; with its port, or whatever its port.
    target: NotRequired[str]
    # Why it failed: only FAILED messages have a reason.
    failureReason: NotRequired[Literal["TARGET_REJECTED", "ATTEMPTS_EXHAUSTED", "TARGET_NOT_ALLOWED", "EXPIRED", "SEND_EXHAUSTED", "SEND_REJECTED", "PAYLOAD_MISSING", "DEAD_LETTERED", "ENDPOINT_DISABLED", "HELD_TOO_LONG", "BLOCKED"]]
    # Only what brings events to this endpoint.
    endpointId: NotRequired[str]
    # Only what brings this event to its endpoints.
    eventId: NotRequired[str]
    # Only what brings events of exactly this type; needs a sender, an endpoint or an event.
    eventType: NotRequired[str]
    # `nextCursor` of the page before, with the same filter and key.
    cursor: NotRequired[str]
    # What the target answered to the latest attempt; none if it did not answer.
    responseStatus: NotRequired[int]
    # Only counts what matches, up to `limit`, and changes nothing.
    dryRun: NotRequired[bool]
    # So many to look at in this call.
    limit: NotRequired[int]


class BulkResolve(TypedDict):
    status: Literal["FAILED"]
    # Who sends; keeps its own lists, limits and signing secret.
    senderId: NotRequired[str]
    # Accepted at or after this time.
    since: NotRequired[str]
    # Accepted before this time.
    until: NotRequired[str]
    # Host of the target; with its port, or whatever its port.
    target: NotRequired[str]
    # Why it failed: only FAILED messages have a reason.
    failureReason: NotRequired[Literal["TARGET_REJECTED", "ATTEMPTS_EXHAUSTED", "TARGET_NOT_ALLOWED", "EXPIRED", "SEND_EXHAUSTED", "SEND_REJECTED", "PAYLOAD_MISSING", "DEAD_LETTERED", "ENDPOINT_DISABLED", "HELD_TOO_LONG", "BLOCKED"]]
    # Only what brings events to this endpoint.
    endpointId: NotRequired[str]
    # Only what brings this event to its endpoints.
    eventId: NotRequired[str]
    # Only what brings events of exactly this type; needs a sender, an endpoint or an event.
    eventType: NotRequired[str]
    # `nextCursor` of the page before, with the same filter and key.
    cursor: NotRequired[str]
    # What the target answered to the latest attempt; none if it did not answer.
    responseStatus: NotRequired[int]
    # Only counts what matches, up to `limit`, and changes nothing.
    dryRun: NotRequired[bool]
    # So many to look at in this call.
    limit: NotRequired[int]


class BulkCancel(TypedDict):
    status: Literal["PENDING", "QUEUED"]
    # Who sends; keeps its own lists, limits and signing secret.
    senderId: NotRequired[str]
    # Accepted at or after this time.
    since: NotRequired[str]
    # Accepted before this time.
    until: NotRequired[str]
    # Host of the target; with its port, or whatever its port.
    target: NotRequired[str]
    # Why it failed: only FAILED messages have a reason.
    failureReason: NotRequired[Literal["TARGET_REJECTED", "ATTEMPTS_EXHAUSTED", "TARGET_NOT_ALLOWED", "EXPIRED", "SEND_EXHAUSTED", "SEND_REJECTED", "PAYLOAD_MISSING", "DEAD_LETTERED", "ENDPOINT_DISABLED", "HELD_TOO_LONG", "BLOCKED"]]
    # Only what brings events to this endpoint.
    endpointId: NotRequired[str]
    # Only what brings this event to its endpoints.
    eventId: NotRequired[str]
    # Only what brings events of exactly this type; needs a sender, an endpoint or an event.
    eventType: NotRequired[str]
    # `nextCursor` of the page before, with the same filter and key.
    cursor: NotRequired[str]
    # What the target answered to the latest attempt; none if it did not answer.
    responseStatus: NotRequired[int]
    # Only counts what matches, up to `limit`, and changes nothing.
    dryRun: NotRequired[bool]
    # So many to look at in this call.
    limit: NotRequired[int]


class CreateKey(TypedDict):
    # The one sender that the key speaks for, or `*` for all of them.
    senderId: Literal["*"] | str
    # send: send, and retry or cancel what it may see. read: see messages, endpoints and counts. endpoints:
    # manage endpoints, see their secrets, and retry and replay what goes to them. operate: all of them, bulk
    # retry and cancel, resolving failures, and keys.
    scopes: list[Literal["send", "read", "endpoints", "operate"]]
    # For you, to tell keys apart.
    name: NotRequired[str]
    # How long it is valid, such as `12h`: 1 minute to 90 days. Absent: until it is revoked.
    expiresIn: NotRequired[str]


class PortalInput(TypedDict):
    # The one sender whose portal it opens.
    senderId: str
    # How long the link works, such as `12h`: 1 minute to 7 days. Absent: 1h.
    expiresIn: NotRequired[str]


class EndpointInputRateLimit(TypedDict):
    # As many requests in each period, at most.
    count: int
    # From `1s` to `1d`, such as `1s`, `1m` or `1h`.
    period: str


class EndpointInput(TypedDict):
    # Who sends; keeps its own lists, limits and signing secret.
    senderId: NotRequired[str]
    # Where its events are delivered: http or https, a public host.
    url: str
    # For you, to tell endpoints apart.
    description: NotRequired[str]
    # Which events it gets; `*` stands for any run of characters. Absent: events of all types.
    eventTypes: NotRequired[list[str]]
    # It gets events that share a channel with it. Absent: all, with or without channels.
    channels: NotRequired[list[str]]
    # Sent with each of its deliveries, before the event's own. At most 20, 4 KiB in all.
    headers: NotRequired[dict[str, str]]
    # At most 16 pairs, 8 KiB in all. Stored and shown, not sent.
    metadata: NotRequired[dict[str, str]]
    # Deliveries carry svix-id, svix-timestamp and svix-signature as well.
    svixHeaders: NotRequired[bool]
    # How long after an attempt that failed the next is made, such as `5s`, `5m`, `2h`: one attempt more than
    # there are delays. Absent: as everywhere.
    retrySchedule: NotRequired[list[str]]
    # How many requests it is sent at most: evenly spaced, `period` by `count` apart. Deliveries beyond wait
    # for their time. Absent: no limit.
    rateLimit: NotRequired[EndpointInputRateLimit]
    # Only to bring one along; otherwise the endpoint gets one of its own.
    secret: NotRequired[str]
    # ACTIVE unless given. For a PAUSED one deliveries are held until it is activated; a DISABLED one gets no
    # events.
    state: NotRequired[Literal["ACTIVE", "PAUSED", "DISABLED"]]


class EndpointPatchRateLimit(TypedDict):
    # As many requests in each period, at most.
    count: int
    # From `1s` to `1d`, such as `1s`, `1m` or `1h`.
    period: str


class EndpointPatch(TypedDict):
    # Where its events are delivered: http or https, a public host.
    url: NotRequired[str]
    # For you, to tell endpoints apart.
    description: NotRequired[str | None]
    # Which events it gets; `*` stands for any run of characters. Absent: events of all types.
    eventTypes: NotRequired[list[str] | None]
    # It gets events that share a channel with it. Absent: all, with or without channels.
    channels: NotRequired[list[str] | None]
    # Merged with those that are there; null takes one away.
    headers: NotRequired[dict[str, str | None] | None]
    # Merged with what is there; null takes a pair away.
    metadata: NotRequired[dict[str, str | None] | None]
    # Deliveries carry svix-id, svix-timestamp and svix-signature as well.
    svixHeaders: NotRequired[bool | None]
    # How long after an attempt that failed the next is made, such as `5s`, `5m`, `2h`: one attempt more than
    # there are delays. Absent: as everywhere.
    retrySchedule: NotRequired[list[str] | None]
    # How many requests it is sent at most: evenly spaced, `period` by `count` apart. Deliveries beyond wait
    # for their time. Absent: no limit.
    rateLimit: NotRequired[EndpointPatchRateLimit | None]


class RotationInput(TypedDict):
    # Only to bring one along; otherwise the endpoint gets one of its own.
    secret: NotRequired[str]
    # For so long deliveries are signed with the old secret as well; a day unless given.
    graceSeconds: NotRequired[int]


class EndpointTest(TypedDict):
    # What has happened, such as `invoice.paid`.
    eventType: NotRequired[str]
    # Any JSON value.
    body: NotRequired[Any]


class EventInput(TypedDict):
    # Who sends; keeps its own lists, limits and signing secret.
    senderId: NotRequired[str]
    # What has happened, such as `invoice.paid`.
    eventType: str
    # Any JSON value. Sent as it is written, by POST.
    body: Any
    # It goes to endpoints that share a channel with it or name none.
    channels: NotRequired[list[str]]
    # At most 40, 12 KiB in all. Those of the endpoint come on top.
    headers: NotRequired[dict[str, str]]
    # At most 16 pairs, 8 KiB in all. Stored and shown, not sent.
    metadata: NotRequired[dict[str, str]]
    # Useless after this time: no attempt starts later.
    deliverBy: NotRequired[str]
    # This endpoint alone, whatever its types and channels.
    endpointId: NotRequired[str]


class EventBatchEntry(TypedDict):
    # Who sends; keeps its own lists, limits and signing secret.
    senderId: NotRequired[str]
    # What has happened, such as `invoice.paid`.
    eventType: str
    # Any JSON value. Sent as it is written, by POST.
    body: Any
    # It goes to endpoints that share a channel with it or name none.
    channels: NotRequired[list[str]]
    # At most 40, 12 KiB in all. Those of the endpoint come on top.
    headers: NotRequired[dict[str, str]]
    # At most 16 pairs, 8 KiB in all. Stored and shown, not sent.
    metadata: NotRequired[dict[str, str]]
    # Useless after this time: no attempt starts later.
    deliverBy: NotRequired[str]
    # This endpoint alone, whatever its types and channels.
    endpointId: NotRequired[str]
    # As the header of the same name, for this event.
    idempotencyKey: NotRequired[str]


class EventBatch(TypedDict):
    events: list[EventBatchEntry]


class Replay(TypedDict):
    # failed: its FAILED messages, a new round each. undelivered: these, and what waits for another attempt,
    # which is made now. missing: events of its sender that match it now and never went there.
    include: Literal["failed", "undelivered", "missing"]
    since: str
    # Accepted before this time.
    until: NotRequired[str]
    # Only events of exactly this type.
    eventType: NotRequired[str]
    # `nextCursor` of the page before, with the same filter and key.
    cursor: NotRequired[str]
    # Only counts what matches, up to `limit`, and changes nothing.
    dryRun: NotRequired[bool]
    # So many to look at in this call.
    limit: NotRequired[int]


class TakeInput(TypedDict):
    # So many at most.
    limit: NotRequired[int]


class DeliveryAnswer(TypedDict):
    messageId: str
    claimId: str
    durationMs: int
    # What the target answered; in place of `errorCode`.
    responseStatus: NotRequired[int]
    responseHeaders: NotRequired[dict[str, str]]
    # 4 KiB of it are kept.
    responseBody: NotRequired[str]
    # The target sent more than `responseBody`.
    responseTruncated: NotRequired[bool]
    # Why there is no answer; in place of `responseStatus`.
    errorCode: NotRequired[Literal["TIMEOUT", "DNS_FAILED", "CONNECTION_REFUSED", "CONNECTION_RESET", "TLS_FAILED", "INVALID_RESPONSE", "NETWORK_ERROR"]]
    # The same, for people.
    errorDetail: NotRequired[str]


Status: TypeAlias = Literal["PENDING", "QUEUED", "PROCESSING", "COMPLETED", "FAILED", "CANCELLED"]


class Accepted(TypedDict):
    # Stable: also the `webhook-id` of every request, but for one that brings an event.
    messageId: str
    status: Status
    # Always true: the message is kept.
    stored: bool
    # In the queue, or already with a worker.
    queued: bool
    # An earlier call with the same idempotency key had stored it.
    duplicate: bool
    # Of the call that is answered.
    correlationId: str
    createdAt: str


class Moved(TypedDict):
    # Stable: also the `webhook-id` of every request, but for one that brings an event.
    messageId: str
    status: Status
    # In the queue, or already with a worker.
    queued: bool
    # Of the call that is answered.
    correlationId: str
    # Of a retried message with an ordering key. END_OF_LINE: others have passed it, it comes after those that
    # wait.
    place: NotRequired[Literal["KEPT", "END_OF_LINE"]]


class ListItemSends(TypedDict):
    count: int
    rollbacks: int
    lastErrorCode: NotRequired[Literal["QUEUE_UNAVAILABLE", "QUEUE_THROTTLED", "QUEUE_DENIED", "QUEUE_MISSING", "QUEUE_REJECTED_CONTENT", "UNCLASSIFIED"]]


class ListItem(TypedDict):
    # Stable: also the `webhook-id` of every request, but for one that brings an event.
    messageId: str
    status: Status
    # Why it waits; only while PENDING.
    pendingReason: NotRequired[Literal["ACCEPTED", "SCHEDULED", "SEND_FAILED", "ORPHANED", "LEASE_EXPIRED", "RETRY", "MANUAL_RETRY", "COPY_DEAD_LETTERED", "ENDPOINT_PAUSED", "ENDPOINT_FAILING", "THROTTLED", "WAITING_FOR_PREVIOUS"]]
    # Why it failed; only once FAILED.
    failureReason: NotRequired[Literal["TARGET_REJECTED", "ATTEMPTS_EXHAUSTED", "TARGET_NOT_ALLOWED", "EXPIRED", "SEND_EXHAUSTED", "SEND_REJECTED", "PAYLOAD_MISSING", "DEAD_LETTERED", "ENDPOINT_DISABLED", "HELD_TOO_LONG", "BLOCKED"]]
    # What the target answered to the latest attempt; absent if it did not answer.
    responseStatus: NotRequired[int]
    senderId: str
    # The event that it brings: the `webhook-id` of its requests.
    eventId: NotRequired[str]
    # The endpoint that it brings the event to.
    endpointId: NotRequired[str]
    eventType: NotRequired[str]
    # Of an endpoint where it is now; absent once that is deleted. Else absent, like method and metadata, only
    # if the payload was lost.
    targetUrl: NotRequired[str]
    method: NotRequired[str]
    metadata: NotRequired[dict[str, str]]
    idempotencyKey: NotRequired[str]
    # It is delivered in order with the sender's others of this key.
    orderingKey: NotRequired[str]
    # While it is FAILED those behind it wait, until it is retried or skipped.
    afterFailure: NotRequired[Literal["block"]]
    # Its number in its order, once its turn has come: increasing, with gaps; `webhook-sequence`.
    sequence: NotRequired[int]
    # Since when those behind it no longer wait for it.
    skippedAt: NotRequired[str]
    # Since when somebody has dealt with its failure: it is still FAILED, and counts as one no more.
    resolvedAt: NotRequired[str]
    # Of the call that sent it: the same in logs and deliveries.
    correlationId: str
    createdAt: str
    updatedAt: str
    deliverAt: NotRequired[str]
    deliverBy: NotRequired[str]
    finishedAt: NotRequired[str]
    # By this time something happens to it; absent once it is finished.
    dueAt: NotRequired[str]
    nextAttemptAt: NotRequired[str]
    # When a send to the queue last failed and was undone.
    rolledBackAt: NotRequired[str]
    attemptCount: int
    # Number of the last attempt this round may make.
    maxAttempts: int
    sends: ListItemSends


class MessageList(TypedDict):
    items: list[ListItem]
    # Where to go on; absent at the end.
    nextCursor: NotRequired[str]
    # With `idPart`, beside `nextCursor`: all that was accepted since then has been looked at. Absent while
    # the time that the part stands for is not looked through.
    searchedSince: NotRequired[str]


HistoryEntry = TypedDict(
    "HistoryEntry",
    {
        "at": str,
        "from": Status | None,
        "to": Status,
        "reason": Literal["ACCEPTED", "ENQUEUED", "SEND_FAILED", "ORPHANED", "CLAIMED", "LEASE_EXPIRED", "DELIVERED", "RETRY", "MANUAL_RETRY", "CANCELLED", "COPY_DEAD_LETTERED", "EXPANDED", "ENDPOINT_PAUSED", "ENDPOINT_FAILING", "THROTTLED", "ENDPOINT_DELETED", "SKIPPED", "RESOLVED", "TARGET_REJECTED", "ATTEMPTS_EXHAUSTED", "TARGET_NOT_ALLOWED", "EXPIRED", "SEND_EXHAUSTED", "SEND_REJECTED", "PAYLOAD_MISSING", "DEAD_LETTERED", "ENDPOINT_DISABLED", "HELD_TOO_LONG", "BLOCKED"],
        "correlationId": str,
    },
)


class AttemptDecision(TypedDict):
    rule: str
    action: Literal["COMPLETE", "RETRY", "FAIL"]
    # The next attempt does not start before.
    nextAttemptAt: NotRequired[str]
    explanation: str


class Attempt(TypedDict):
    number: int
    # Where it went, if that was an endpoint's URL of the time.
    targetUrl: NotRequired[str]
    outcome: Literal["RUNNING", "SUCCEEDED", "RETRY", "FAILED", "UNKNOWN"]
    startedAt: NotRequired[str]
    # From the start to the end of the answer's body, or to the failure.
    durationMs: NotRequired[int]
    responseStatus: NotRequired[int]
    # What went wrong where there was no answer.
    errorCode: NotRequired[str]
    responseHeaders: NotRequired[dict[str, str]]
    # At most 4 KiB of it; 256 bytes of a first attempt that succeeded.
    responseBody: NotRequired[str]
    responseTruncated: NotRequired[bool]
    truncationReason: NotRequired[str]
    decision: NotRequired[AttemptDecision]


class MessageSends(TypedDict):
    count: int
    rollbacks: int
    lastErrorCode: NotRequired[Literal["QUEUE_UNAVAILABLE", "QUEUE_THROTTLED", "QUEUE_DENIED", "QUEUE_MISSING", "QUEUE_REJECTED_CONTENT", "UNCLASSIFIED"]]


class MessageWaitsFor(TypedDict):
    # The first in line: what holds it up.
    messageId: str
    # How many go before it; if `capped`, at least.
    ahead: int
    capped: NotRequired[bool]


class Message(TypedDict):
    # Stable: also the `webhook-id` of every request, but for one that brings an event.
    messageId: str
    status: Status
    # Why it waits; only while PENDING.
    pendingReason: NotRequired[Literal["ACCEPTED", "SCHEDULED", "SEND_FAILED", "ORPHANED", "LEASE_EXPIRED", "RETRY", "MANUAL_RETRY", "COPY_DEAD_LETTERED", "ENDPOINT_PAUSED", "ENDPOINT_FAILING", "THROTTLED", "WAITING_FOR_PREVIOUS"]]
    # Why it failed; only once FAILED.
    failureReason: NotRequired[Literal["TARGET_REJECTED", "ATTEMPTS_EXHAUSTED", "TARGET_NOT_ALLOWED", "EXPIRED", "SEND_EXHAUSTED", "SEND_REJECTED", "PAYLOAD_MISSING", "DEAD_LETTERED", "ENDPOINT_DISABLED", "HELD_TOO_LONG", "BLOCKED"]]
    # What the target answered to the latest attempt; absent if it did not answer.
    responseStatus: NotRequired[int]
    senderId: str
    # The event that it brings: the `webhook-id` of its requests.
    eventId: NotRequired[str]
    # The endpoint that it brings the event to.
    endpointId: NotRequired[str]
    eventType: NotRequired[str]
    # Of an endpoint where it is now; absent once that is deleted. Else absent, like method and metadata, only
    # if the payload was lost.
    targetUrl: NotRequired[str]
    method: NotRequired[str]
    metadata: NotRequired[dict[str, str]]
    idempotencyKey: NotRequired[str]
    # It is delivered in order with the sender's others of this key.
    orderingKey: NotRequired[str]
    # While it is FAILED those behind it wait, until it is retried or skipped.
    afterFailure: NotRequired[Literal["block"]]
    # Its number in its order, once its turn has come: increasing, with gaps; `webhook-sequence`.
    sequence: NotRequired[int]
    # Since when those behind it no longer wait for it.
    skippedAt: NotRequired[str]
    # Since when somebody has dealt with its failure: it is still FAILED, and counts as one no more.
    resolvedAt: NotRequired[str]
    # Of the call that sent it: the same in logs and deliveries.
    correlationId: str
    createdAt: str
    updatedAt: str
    deliverAt: NotRequired[str]
    deliverBy: NotRequired[str]
    finishedAt: NotRequired[str]
    # By this time something happens to it; absent once it is finished.
    dueAt: NotRequired[str]
    nextAttemptAt: NotRequired[str]
    # When a send to the queue last failed and was undone.
    rolledBackAt: NotRequired[str]
    attemptCount: int
    # Number of the last attempt this round may make.
    maxAttempts: int
    sends: MessageSends
    # Values that may be secrets are `***`.
    headers: NotRequired[dict[str, str]]
    # As it was written, without insignificant white space.
    body: NotRequired[Any]
    # Oldest first.
    history: list[HistoryEntry]
    # Entries left out between the first ten and the rest.
    historyOmitted: NotRequired[int]
    # Oldest first; the latest 100.
    attempts: list[Attempt]
    # Earlier attempts that are left out.
    attemptsOmitted: NotRequired[int]
    # What it waits for, while it waits for its turn.
    waitsFor: NotRequired[MessageWaitsFor]


class StatsCounts(TypedDict):
    PENDING: int
    QUEUED: int
    PROCESSING: int
    COMPLETED: int
    FAILED: int
    CANCELLED: int


class StatsQueue(TypedDict):
    visible: int
    inFlight: int
    delayed: int


class StatsPerMinute(TypedDict):
    minute: str
    # Messages that were stored: by calls, also those that could not be queued at once or were withdrawn, and
    # of events.
    accepted: int
    completed: int
    failed: int
    retried: int
    rolledBack: int


class StatsFirstAttempt(TypedDict):
    p50Ms: int
    p95Ms: int


class StatsLastAttempt(TypedDict):
    at: str
    outcome: Literal["SUCCEEDED", "FAILED"]
    messageId: str
    responseStatus: NotRequired[int]


class Stats(TypedDict):
    # FAILED without those that somebody has resolved.
    counts: StatsCounts
    # Rolled back after a failed send, and neither claimed nor finished since.
    rolledBack: int
    # Absent, like deadLetters, of one sender or endpoint, and while the queue does not answer.
    queue: NotRequired[StatsQueue]
    deadLetters: NotRequired[int]
    # How late the message is that is most overdue; 0 if none is.
    oldestOverdueSeconds: int
    # Ordering keys whose first message has not moved for long, or blocks the others.
    heldUpLanes: int
    # For how long the longest of them has been; 0 if none is.
    oldestHeldUpSeconds: int
    # What is not all: counts that stopped at 10,000, or of one sender or endpoint at its 1,000 newest
    # messages.
    capped: list[str]
    # Counts that may be off by a little.
    approximate: list[str]
    # The last 60 minutes, oldest first.
    perMinute: list[StatsPerMinute]
    # Of one endpoint: how long first attempts took that succeeded, half of them and 95 of a hundred at most.
    # Absent if none did.
    firstAttempt: NotRequired[StatsFirstAttempt]
    # Of one endpoint: the latest attempt of these messages that ended, and what was answered. Absent if none
    # has.
    lastAttempt: NotRequired[StatsLastAttempt]


class SeriesPoints(TypedDict):
    # Start of the step.
    at: str
    # Messages that were stored: by calls, also those that could not be queued at once or were withdrawn, and
    # of events.
    accepted: int
    completed: int
    failed: int
    retried: int
    rolledBack: int


class SeriesBasis(TypedDict):
    # The newest messages that were read, at most 1,000.
    messages: int
    # They are all that were accepted since then, within the period.
    since: str


Series = TypedDict(
    "Series",
    {
        "stepSeconds": int,
        "from": str,
        "points": list[SeriesPoints],
        "basis": NotRequired[SeriesBasis],
    },
)


class TargetLastAttempt(TypedDict):
    at: str
    outcome: Literal["SUCCEEDED", "FAILED"]
    messageId: str
    responseStatus: NotRequired[int]
    errorCode: NotRequired[str]


class TargetAttempts(TypedDict):
    succeeded: int
    failed: int


class TargetFirstAttempt(TypedDict):
    p50Ms: int
    p95Ms: int


class Target(TypedDict):
    # Host, with its port if it has one of its own. Absent of an endpoint that is deleted.
    target: NotRequired[str]
    # Of what brings events: the endpoint. Absent of messages with a `targetUrl` of their own.
    endpointId: NotRequired[str]
    # Whose endpoint it is.
    senderId: NotRequired[str]
    # `FAILING`: every attempt for a minute or longer has failed, of those that are known. Of an endpoint: as
    # the endpoint itself says.
    health: Literal["OK", "FAILING"]
    # While it is `FAILING`.
    failingSince: NotRequired[str]
    # Attempts that have failed since the last that succeeded.
    failures: int
    # The latest that ended: when, of which message, and what was answered, or what went wrong instead.
    lastAttempt: NotRequired[TargetLastAttempt]
    # Of the newest messages: attempts that ended.
    attempts: TargetAttempts
    # Of these attempts. Absent if there were none.
    successRate: NotRequired[float]
    # How long first attempts took that succeeded, half of them and 95 of a hundred at most.
    firstAttempt: NotRequired[TargetFirstAttempt]
    # How many of the newest messages go there.
    messages: int
    # Of all that were read: FAILED, and nobody has resolved them.
    failed: int
    # Of all that were read: an attempt has failed, and another follows.
    retrying: int


class TargetListBasis(TypedDict):
    # The newest messages that were read, at most 1,000.
    messages: int
    # They are all that were accepted since then.
    since: str
    # Older ones that have failed within 24 hours, at most 200.
    failed: int
    # Others that wait for another attempt, at most 200; none for one sender.
    retrying: int
    # Of which of these there are more.
    capped: list[str]


class TargetList(TypedDict):
    # The failing ones first, then those where most attempts fail; at most 100.
    items: list[Target]
    # How many more there are, none of them worse.
    omitted: int
    # What all of this is told of: not of every message there is.
    basis: TargetListBasis


class BatchAccepted(TypedDict):
    index: int
    httpStatus: Literal[200, 202]
    message: Accepted


class BatchRefused(TypedDict):
    index: int
    httpStatus: int
    problem: Problem


class BatchResult(TypedDict):
    results: list[BatchAccepted | BatchRefused]


class BulkRetryResult(TypedDict):
    retried: int
    # As they were: they moved on meanwhile, have no payload any more, or the storage did not take them.
    skipped: int
    # Where to go on; absent at the end.
    nextCursor: NotRequired[str]


class BulkResolveResult(TypedDict):
    resolved: int
    # As they were: they moved on meanwhile, have no payload any more, or the storage did not take them.
    skipped: int
    # Where to go on; absent at the end.
    nextCursor: NotRequired[str]


class BulkCancelResult(TypedDict):
    cancelled: int
    # As they were: they moved on meanwhile, have no payload any more, or the storage did not take them.
    skipped: int
    # Where to go on; absent at the end.
    nextCursor: NotRequired[str]


class DryRunResult(TypedDict):
    matching: int
    # As they were: they moved on meanwhile, have no payload any more, or the storage did not take them.
    skipped: int
    # Where to go on; absent at the end.
    nextCursor: NotRequired[str]


BulkRetryAnswer: TypeAlias = BulkRetryResult | DryRunResult


BulkResolveAnswer: TypeAlias = BulkResolveResult | DryRunResult


BulkCancelAnswer: TypeAlias = BulkCancelResult | DryRunResult


class LaneHead(TypedDict):
    messageId: str
    status: Status
    attemptCount: int
    nextAttemptAt: NotRequired[str]


class Lane(TypedDict):
    senderId: str
    orderingKey: str
    # HELD_UP: the same message is first for longer than the queue deadline. BLOCKED: it has FAILED, and
    # somebody has to retry or skip it.
    state: Literal["FLOWING", "HELD_UP", "BLOCKED"]
    # The first in line; absent if nobody is.
    head: NotRequired[LaneHead]
    # When it came to be the first; of a blocked lane, when it failed.
    since: NotRequired[str]
    # Messages behind it.
    waiting: int
    # More wait than were counted.
    capped: bool


class LaneList(TypedDict):
    items: list[Lane]
    # Where to go on; absent at the end.
    nextCursor: NotRequired[str]


class EndpointRateLimit(TypedDict):
    count: int
    period: str


class EndpointLastFailure(TypedDict):
    at: str
    messageId: str
    responseStatus: NotRequired[int]
    errorCode: NotRequired[str]


class EndpointGateProbe(TypedDict):
    messageId: str
    attempt: int


class EndpointGate(TypedDict):
    since: str
    # How many messages it was tried with so far.
    probes: int
    # When the next one is let through, or a little later.
    nextProbeAt: str
    # The latest that was let through.
    probe: NotRequired[EndpointGateProbe]


class EndpointHeld(TypedDict):
    # May be off by a little.
    count: int
    # There are more: 10,000 are counted.
    capped: bool
    # When the oldest of them was accepted.
    oldest: NotRequired[str]


class EndpointSecret(TypedDict):
    # Which of its secrets signs now.
    generation: int
    # It was brought along.
    imported: bool
    # Until then deliveries are signed with an earlier secret as well.
    previousValidUntil: NotRequired[str]


class Endpoint(TypedDict):
    endpointId: str
    senderId: str
    url: str
    description: NotRequired[str]
    # Absent: events of all types.
    eventTypes: NotRequired[list[str]]
    # Absent: all events, with or without channels.
    channels: NotRequired[list[str]]
    # Values that may be secrets are `***`.
    headers: dict[str, str]
    metadata: NotRequired[dict[str, str]]
    svixHeaders: bool
    # Delays between attempts. Absent: as everywhere.
    retrySchedule: NotRequired[list[str]]
    # So many requests in a period, at most. Absent: no limit.
    rateLimit: NotRequired[EndpointRateLimit]
    state: Literal["ACTIVE", "PAUSED", "DISABLED"]
    # Why it is in this state.
    stateReason: Literal["REQUESTED", "FAILING", "GONE"]
    stateSince: str
    # FAILING: every attempt has failed for a minute or longer, as far as has been told.
    health: Literal["OK", "FAILING"]
    failingSince: NotRequired[str]
    # Attempts that failed since then; told once a minute.
    failures: NotRequired[int]
    lastFailure: NotRequired[EndpointLastFailure]
    # Since the endpoint fails its deliveries are held (`pendingReason` ENDPOINT_FAILING), and one at a time
    # is let through, to see whether it is well again.
    gate: NotRequired[EndpointGate]
    # Deliveries that wait for the endpoint to be activated, or to be well again. Not in lists.
    held: NotRequired[EndpointHeld]
    secret: EndpointSecret
    createdAt: str
    updatedAt: str


class EndpointList(TypedDict):
    items: list[Endpoint]
    # Where to go on; absent at the end.
    nextCursor: NotRequired[str]
    # With `idPart`, beside `nextCursor`: all that was accepted since then has been looked at. Absent while
    # the time that the part stands for is not looked through.
    searchedSince: NotRequired[str]


class DeletedEndpoint(TypedDict):
    endpointId: str
    state: Literal["DELETED"]


class SigningSecretsPrevious(TypedDict):
    secret: str
    validUntil: str


class SigningSecrets(TypedDict):
    # What the endpoint's receiver verifies with.
    secret: str
    # Those that deliveries are signed with as well, until then.
    previous: list[SigningSecretsPrevious]


class ReplayResult(TypedDict):
    # On its way, also if the send failed; with `dryRun` what would be.
    replayed: int
    # As they were: they moved on meanwhile, have no payload any more, or the storage did not take them.
    skipped: int
    # Where to go on; absent at the end.
    nextCursor: NotRequired[str]


class TakenDeliveriesDeliveriesRequestHeaders(TypedDict):
    name: str
    value: str


class TakenDeliveriesDeliveriesRequest(TypedDict):
    method: str
    # All that a delivery has, in this order, signatures included.
    headers: list[TakenDeliveriesDeliveriesRequestHeaders]
    # To be sent as its UTF-8 bytes.
    body: NotRequired[str]


class TakenDeliveriesDeliveries(TypedDict):
    messageId: str
    eventId: str
    # Which attempt this request is.
    attempt: int
    # Shows that this delivery was given to you: it goes with the answer.
    claimId: str
    # What a worker would send.
    request: TakenDeliveriesDeliveriesRequest


class TakenDeliveries(TypedDict):
    deliveries: list[TakenDeliveriesDeliveries]
    # So long they are yours, counted from before this call; without an answer by then the attempt is UNKNOWN.
    leaseSeconds: float
    # How long the target has to answer.
    timeoutSeconds: float


class AnsweredDelivery(TypedDict):
    messageId: str
    status: Status
    failureReason: NotRequired[str]
    nextAttemptAt: NotRequired[str]


class EndpointTested(TypedDict):
    # Also the `webhook-id` of the delivery.
    eventId: str
    messageId: str


class AcceptedEventMessages(TypedDict):
    messageId: str
    endpointId: str
    status: Status


class AcceptedEvent(TypedDict):
    # Stable: also the `webhook-id` of every delivery.
    eventId: str
    # EXPANDED once a message is there for each endpoint.
    status: Literal["PENDING", "EXPANDED", "FAILED"]
    # Always true: the event is kept.
    stored: bool
    # An earlier call with the same idempotency key had stored it.
    duplicate: bool
    # Endpoints that it goes to.
    matched: int
    # Endpoints that it would go to if they were not disabled.
    skipped: int
    # Of `messages`: in the queue, or already with a worker.
    queued: int
    # Its deliveries, the first 10. Absent if more than 10 endpoints matched: they are made in the background.
    messages: NotRequired[list[AcceptedEventMessages]]
    # Of the call that is answered.
    correlationId: str
    createdAt: str


class EventDryRun(TypedDict):
    # Endpoints that it goes to.
    matched: int
    skipped: int
    # Where it would go, the first 100.
    endpointIds: list[str]
    # Of the call that is answered.
    correlationId: str


SendEventAnswer: TypeAlias = AcceptedEvent | EventDryRun


class EventBatchAccepted(TypedDict):
    index: int
    httpStatus: Literal[200, 202]
    event: AcceptedEvent


class EventBatchResult(TypedDict):
    results: list[EventBatchAccepted | BatchRefused]


class CancelledEvent(TypedDict):
    # Messages of the event that were cancelled.
    cancelled: int
    # Those that are finished, or are being delivered.
    skipped: int


class EventListItemSkipped(TypedDict):
    endpointId: str
    reason: Literal["ENDPOINT_DISABLED"]


class EventListItem(TypedDict):
    eventId: str
    # PENDING until a message is there for each endpoint.
    status: Literal["PENDING", "EXPANDED", "FAILED"]
    failureReason: NotRequired[Literal["EXPANSION_EXHAUSTED"]]
    senderId: str
    eventType: str
    channels: NotRequired[list[str]]
    # It was for this endpoint alone.
    endpointId: NotRequired[str]
    idempotencyKey: NotRequired[str]
    # Of the call that sent it.
    correlationId: str
    createdAt: str
    deliverBy: NotRequired[str]
    expandedAt: NotRequired[str]
    # By then somebody makes the messages that are missing.
    dueAt: NotRequired[str]
    # Endpoints that it goes to.
    matched: int
    # Endpoints that it would have gone to if they had not been disabled, the first 20.
    skipped: list[EventListItemSkipped]
    # How many there were in all.
    skippedCount: int


class EventList(TypedDict):
    items: list[EventListItem]
    # Where to go on; absent at the end.
    nextCursor: NotRequired[str]
    # With `idPart`, beside `nextCursor`: all that was accepted since then has been looked at. Absent while
    # the time that the part stands for is not looked through.
    searchedSince: NotRequired[str]


class EventSkipped(TypedDict):
    endpointId: str
    reason: Literal["ENDPOINT_DISABLED"]


class EventCounts(TypedDict):
    PENDING: NotRequired[int]
    QUEUED: NotRequired[int]
    PROCESSING: NotRequired[int]
    COMPLETED: NotRequired[int]
    FAILED: NotRequired[int]
    CANCELLED: NotRequired[int]


class EventNotMatched(TypedDict):
    endpointId: str
    reason: Literal["EVENT_TYPE", "CHANNEL", "DISABLED", "CREATED_LATER", "NOT_ADDRESSED"]
    # It was changed after the event was accepted.
    changedSince: bool


class Event(TypedDict):
    eventId: str
    # PENDING until a message is there for each endpoint.
    status: Literal["PENDING", "EXPANDED", "FAILED"]
    failureReason: NotRequired[Literal["EXPANSION_EXHAUSTED"]]
    senderId: str
    eventType: str
    channels: NotRequired[list[str]]
    # It was for this endpoint alone.
    endpointId: NotRequired[str]
    idempotencyKey: NotRequired[str]
    # Of the call that sent it.
    correlationId: str
    createdAt: str
    deliverBy: NotRequired[str]
    expandedAt: NotRequired[str]
    # By then somebody makes the messages that are missing.
    dueAt: NotRequired[str]
    # Endpoints that it goes to.
    matched: int
    # Endpoints that it would have gone to if they had not been disabled, the first 20.
    skipped: list[EventSkipped]
    # How many there were in all.
    skippedCount: int
    # Values that may be secrets are `***`.
    headers: dict[str, str]
    # As it was sent.
    body: NotRequired[Any]
    metadata: NotRequired[dict[str, str]]
    # Its messages by status.
    counts: EventCounts
    # The first 100; all by GET /v1/messages?eventId=.
    messages: list[ListItem]
    # With `explain`: why not the others, by what they are now.
    notMatched: NotRequired[list[EventNotMatched]]


class Key(TypedDict):
    keyId: str
    senderId: str
    scopes: list[Literal["send", "read", "endpoints", "operate"]]
    name: NotRequired[str]
    createdAt: str
    # From then on it is refused.
    expiresAt: NotRequired[str]
    revokedAt: NotRequired[str]


class KeyList(TypedDict):
    items: list[Key]
    # Where to go on; absent at the end.
    nextCursor: NotRequired[str]


class OwnKey(TypedDict):
    # Not secret; `operator` for the operator key.
    keyId: str
    # The one sender it speaks for, or `*` for all.
    senderId: str
    # What it may do; `operate` implies the others.
    scopes: list[Literal["send", "read", "endpoints", "operate"]]
    name: NotRequired[str]
    # From then on it is refused.
    expiresAt: NotRequired[str]


class CreatedKey(TypedDict):
    keyId: str
    senderId: str
    scopes: list[Literal["send", "read", "endpoints", "operate"]]
    name: NotRequired[str]
    createdAt: str
    # From then on it is refused.
    expiresAt: NotRequired[str]
    # Shown here and never again.
    key: str
    # With the first key of a sender: what its receivers verify with.
    signingSecret: NotRequired[str]


class PortalLink(TypedDict):
    # Opens the portal of the sender, for whoever has it. Shown here and never again.
    url: str
    # From then on it opens nothing.
    expiresAt: str


class RotatedSender(TypedDict):
    senderId: str
    # Shown here and never again.
    signingSecret: str
    # Until then deliveries carry the old signature too.
    previousValidUntil: str


class Health(TypedDict):
    status: Literal["ok"]


class Ready(TypedDict):
    status: Literal["ready"]


class ProblemErrors(TypedDict):
    path: str
    message: str


class Problem(TypedDict):
    type: Literal["about:blank"]
    title: str
    status: int
    detail: str
    code: Literal["VALIDATION_ERROR", "UNAUTHORIZED", "FORBIDDEN", "NOT_FOUND", "METHOD_NOT_ALLOWED", "CONFLICT", "PAYLOAD_TOO_LARGE", "UNSUPPORTED_MEDIA_TYPE", "IDEMPOTENCY_KEY_REUSED", "PREVIOUS_NOT_ACCEPTED", "RATE_LIMITED", "SYSTEM_ERROR"]
    # Of the call that is answered.
    correlationId: str
    # Repeating this very call is safe and useful.
    retryable: bool
    # True if there: the message, or the event, is kept, whatever went wrong afterwards.
    stored: NotRequired[bool]
    messageId: NotRequired[str]
    messageStatus: NotRequired[Status]
    eventId: NotRequired[str]
    # What is wrong, at most 50 of it; the path of the document itself is empty. Paths are cut at 200
    # characters.
    errors: NotRequired[list[ProblemErrors]]
    # How many more errors there are than `errors` lists.
    errorsOmitted: NotRequired[int]
