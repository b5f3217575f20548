/** One order's message, told throughout the document. Every example conforms to its schema, which a test checks. */
const messageId = "msg_01KAMQ6H5T3VX9BBW1C2D3E4F5";
const correlationId = "checkout-7f3a";

const accepted = {
  messageId,
  status: "QUEUED",
  stored: true,
  queued: true,
  duplicate: false,
  correlationId,
  createdAt: "2026-11-22T01:30:00.000Z",
};

const listItem = {
  messageId,
  status: "COMPLETED",
  responseStatus: 200,
  senderId: "acme",
  targetUrl: "https://example.com/hook",
  method: "POST",
  metadata: { order: "42" },
  idempotencyKey: "order-42-paid",
  correlationId,
  createdAt: "2026-11-22T01:30:00.000Z",
  updatedAt: "2026-11-22T01:30:00.140Z",
  finishedAt: "2026-11-22T01:30:00.140Z",
  attemptCount: 1,
  maxAttempts: 10,
  sends: { count: 1, rollbacks: 0 },
};

const lane = {
  senderId: "acme",
  orderingKey: "order-4711",
  state: "BLOCKED",
  head: { messageId, status: "FAILED", attemptCount: 10 },
  since: "2026-11-25T06:41:12.000Z",
  waiting: 1532,
  capped: false,
};

const key = {
  keyId: "4w8t2m9qxk",
  senderId: "acme",
  scopes: ["send", "read"],
  name: "billing",
  createdAt: "2026-11-22T01:00:00.000Z",
};

const endpoint = {
  endpointId: "ep_01KAMQ6H5T3VX9BBW1C2D3E4F5",
  senderId: "acme",
  url: "https://example.com/hook",
  description: "billing, production",
  eventTypes: ["invoice.*", "user.created"],
  headers: { "x-api-key": "***" },
  svixHeaders: false,
  state: "ACTIVE",
  stateReason: "REQUESTED",
  stateSince: "2026-11-22T01:00:00.000Z",
  health: "OK",
  secret: { generation: 1, imported: false },
  createdAt: "2026-11-22T01:00:00.000Z",
  updatedAt: "2026-11-22T01:00:00.000Z",
};

const eventId = "evt_01KAMQ6H5T3VX9BBW1C2D3E4F5";

const acceptedEvent = {
  eventId,
  status: "EXPANDED",
  stored: true,
  duplicate: false,
  matched: 1,
  skipped: 0,
  queued: 1,
  messages: [{ messageId, endpointId: endpoint.endpointId, status: "QUEUED" }],
  correlationId,
  createdAt: "2026-11-22T01:30:00.000Z",
};

const event = {
  eventId,
  status: "EXPANDED",
  senderId: "acme",
  eventType: "invoice.paid",
  correlationId,
  createdAt: "2026-11-22T01:30:00.000Z",
  expandedAt: "2026-11-22T01:30:00.020Z",
  matched: 1,
  skipped: [],
  skippedCount: 0,
};

const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwTqmT7hZx3Ls=";

function problem(status: number, code: string, title: string, detail: string, more: object = {}) {
  return { type: "about:blank", title, status, detail, code, correlationId, retryable: false, ...more };
}

const stored = { stored: true, messageId, messageStatus: "PENDING" };

export const EXAMPLES = {
  messageInput: {
    targetUrl: "https://example.com/hook",
    headers: { "content-type": "application/json" },
    body: { order: 42, paid: true },
    metadata: { order: "42" },
  },
  batch: {
    messages: [
      { targetUrl: "https://example.com/hook", body: { order: 42 }, idempotencyKey: "order-42-paid" },
      { targetUrl: "ftp://example.com/", body: { order: 43 } },
    ],
  },
  bulkRetry: {
    status: "FAILED",
    failureReason: "ATTEMPTS_EXHAUSTED",
    responseStatus: 503,
    target: "example.com",
    since: "2026-11-21T00:00:00Z",
    limit: 500,
  },
  bulkResolve: { status: "FAILED", target: "gone.example", until: "2026-11-21T00:00:00Z" },
  bulkCancel: { status: "PENDING", target: "gone.example", dryRun: true },
  delivered: { id: "inv_1", total: 1200 },
  operations: {
    type: "endpoint.failing",
    timestamp: "2026-11-21T10:30:00.000Z",
    data: {
      senderId: "cus_42",
      endpointId: "ep_01KAMQ6H5T3VX9BBW1C2D3E4F5",
      description: "billing, production",
      origin: "https://example.com",
      state: "ACTIVE",
      failingSince: "2026-11-21T09:30:00.000Z",
      failures: 41,
      lastFailure: {
        at: "2026-11-21T10:29:58.000Z",
        messageId: "msg_01KAMQ6H5T3VX9BBW1C2D3E4F5",
        responseStatus: 503,
      },
    },
  },
  replay: { include: "missing", since: "2026-11-21T00:00:00Z", eventType: "invoice.paid", limit: 500 },
  endpointInput: {
    url: "https://example.com/hook",
    description: "billing, production",
    eventTypes: ["invoice.*", "user.created"],
    headers: { "x-api-key": "a value that is not shown again" },
  },
  rotationInput: { graceSeconds: 3600 },
  endpointTest: { body: { hello: "world" } },
  takeInput: { limit: 1 },
  deliveryAnswer: {
    messageId,
    claimId: "3f0c6b0e-8a5e-4c55-9f0e-4f0f4d1b6a52",
    durationMs: 102,
    responseStatus: 200,
    responseHeaders: { "content-type": "text/plain" },
    responseBody: "ok",
  },
  endpointPatch: { description: null, eventTypes: ["invoice.*"] },
  eventInput: {
    senderId: "acme",
    eventType: "invoice.paid",
    body: { id: "inv_1", total: 1200 },
    metadata: { order: "42" },
  },
  eventBatch: {
    events: [
      { senderId: "acme", eventType: "invoice.paid", body: { id: "inv_1" }, idempotencyKey: "inv_1-paid" },
      { senderId: "acme", eventType: "user.created", body: { id: "usr_7" } },
    ],
  },
  portalInput: { senderId: "acme", expiresIn: "1h" },
  createKey: { senderId: "acme", scopes: ["send", "read"], name: "billing" },

  accepted,
  duplicate: { ...accepted, status: "COMPLETED", queued: false, duplicate: true },
  moved: { messageId, status: "QUEUED", queued: true, correlationId },
  cancelled: { messageId, status: "CANCELLED", queued: false, correlationId },
  messageList: {
    items: [listItem],
    nextCursor:
      "3aqWYFsOdUGevTG0ybYmoDYfmVgk0tmROhCPft9_Y6uDYDGkoQj1l4hGB2MAEJCoHEXRkIwKMyJeWxVJz96S3-z9lwaaZo9kfugTkm1Gvw",
  },
  message: {
    ...listItem,
    headers: { "content-type": "application/json" },
    body: { order: 42, paid: true },
    history: [
      { at: "2026-11-22T01:30:00.000Z", from: null, to: "PENDING", reason: "ACCEPTED", correlationId },
      { at: "2026-11-22T01:30:00.010Z", from: "PENDING", to: "QUEUED", reason: "ENQUEUED", correlationId },
      { at: "2026-11-22T01:30:00.032Z", from: "QUEUED", to: "PROCESSING", reason: "CLAIMED", correlationId },
      {
        at: "2026-11-22T01:30:00.140Z",
        from: "PROCESSING",
        to: "COMPLETED",
        reason: "DELIVERED",
        correlationId,
      },
    ],
    attempts: [
      {
        number: 1,
        outcome: "SUCCEEDED",
        startedAt: "2026-11-22T01:30:00.034Z",
        durationMs: 102,
        responseStatus: 200,
        responseHeaders: { "content-type": "text/plain" },
        responseBody: "ok",
        responseTruncated: false,
        decision: { rule: "STATUS_2XX", action: "COMPLETE", explanation: "The target answered 200." },
      },
    ],
  },
  resolvedMessage: { messageId, status: "FAILED", queued: false, correlationId },
  skippedMessage: { messageId, status: "FAILED", queued: false, correlationId },
  lane,
  laneList: { items: [lane] },
  endpoint,
  pausedEndpoint: { ...endpoint, state: "PAUSED", stateSince: "2026-11-22T02:00:00.000Z" },
  disabledEndpoint: { ...endpoint, state: "DISABLED", stateSince: "2026-11-22T02:00:00.000Z" },
  endpointList: { items: [endpoint] },
  deletedEndpoint: { endpointId: endpoint.endpointId, state: "DELETED" },
  acceptedEvent,
  duplicateEvent: { ...acceptedEvent, duplicate: true },
  eventList: { items: [event] },
  eventBatchResult: {
    results: [
      { index: 0, httpStatus: 202, event: acceptedEvent },
      {
        index: 1,
        httpStatus: 422,
        problem: problem(
          422,
          "IDEMPOTENCY_KEY_REUSED",
          "The idempotency key belongs to another request",
          "This idempotency key was used with another request; use a new key for a new event.",
        ),
      },
    ],
  },
  cancelledEvent: { cancelled: 3, skipped: 1 },
  event: {
    ...event,
    headers: {},
    body: { id: "inv_1", total: 1200 },
    metadata: { order: "42" },
    counts: { COMPLETED: 1 },
    messages: [listItem],
    notMatched: [{ endpointId: "ep_01KAMQ7A5T3VX9BBW1C2D3E4F5", reason: "EVENT_TYPE", changedSince: false }],
  },
  signingSecrets: { secret, previous: [] },
  rotatedSigningSecrets: {
    secret: "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oDMK2t6EFnrXw=",
    previous: [{ secret, validUntil: "2026-11-23T01:30:00.000Z" }],
  },
  takenDeliveries: {
    deliveries: [
      {
        messageId,
        eventId,
        attempt: 1,
        claimId: "3f0c6b0e-8a5e-4c55-9f0e-4f0f4d1b6a52",
        request: {
          method: "POST",
          headers: [
            { name: "content-type", value: "application/json" },
            { name: "webhook-id", value: eventId },
            { name: "webhook-timestamp", value: "1795311000" },
            { name: "webhook-signature", value: "v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=" },
            { name: "webhook-event-type", value: "invoice.paid" },
          ],
          body: '{"id":"inv_1","total":1200}',
        },
      },
    ],
    leaseSeconds: 60,
    timeoutSeconds: 15,
  },
  answeredDelivery: { messageId, status: "COMPLETED" },
  endpointTested: { eventId, messageId },
  ownKey: { keyId: key.keyId, senderId: key.senderId, scopes: key.scopes, name: key.name },
  stats: {
    counts: { PENDING: 1, QUEUED: 3, PROCESSING: 2, COMPLETED: 940, FAILED: 4, CANCELLED: 0 },
    rolledBack: 1,
    queue: { visible: 3, inFlight: 2, delayed: 0 },
    deadLetters: 0,
    oldestOverdueSeconds: 0,
    heldUpLanes: 0,
    oldestHeldUpSeconds: 0,
    capped: [],
    approximate: ["COMPLETED", "FAILED", "CANCELLED", "perMinute"],
    perMinute: [
      {
        minute: "2026-11-22T01:30:00.000Z",
        accepted: 12,
        completed: 11,
        failed: 0,
        retried: 1,
        rolledBack: 0,
      },
    ],
  },
  series: {
    stepSeconds: 900,
    from: "2026-11-21T01:45:00.000Z",
    points: [
      {
        at: "2026-11-22T01:30:00.000Z",
        accepted: 12,
        completed: 11,
        failed: 0,
        retried: 1,
        rolledBack: 0,
      },
    ],
    basis: { messages: 812, since: "2026-11-21T01:45:00.000Z" },
  },
  targetList: {
    items: [
      {
        target: "hooks.example.com",
        health: "FAILING",
        failingSince: "2026-11-22T01:12:07.000Z",
        failures: 14,
        lastAttempt: {
          at: "2026-11-22T01:29:40.000Z",
          outcome: "FAILED",
          messageId: "msg_01KAMQ6H5T3VX9BBW1C2D3E4F5",
          responseStatus: 503,
        },
        attempts: { succeeded: 120, failed: 14 },
        successRate: 0.8955,
        firstAttempt: { p50Ms: 84, p95Ms: 410 },
        messages: 126,
        failed: 2,
        retrying: 4,
      },
    ],
    omitted: 0,
    basis: {
      messages: 1_000,
      since: "2026-11-22T00:48:10.000Z",
      failed: 12,
      retrying: 3,
      capped: ["messages"],
    },
  },
  batchResult: {
    results: [
      { index: 0, httpStatus: 202, message: accepted },
      {
        index: 1,
        httpStatus: 400,
        problem: problem(
          400,
          "VALIDATION_ERROR",
          "The request is not valid",
          "The request is not valid; see errors.",
          {
            errors: [
              { path: "targetUrl", message: "The URL must start with http:// or https:// and name a host." },
            ],
          },
        ),
      },
    ],
  },
  bulkRetryAnswer: {
    retried: 498,
    skipped: 2,
    nextCursor:
      "3aqWYFsOdUGevTG0ybYmoDYfmVgk0tmROhCPft9_Y6uDYDGkoQj1l4hGB2MAEJCoHEXRkIwKMyJeWxVJz96S3-z9lwaaZo9kfugTkm1Gvw",
  },
  replayResult: { replayed: 37, skipped: 0 },
  bulkResolveAnswer: { resolved: 120, skipped: 0 },
  bulkCancelAnswer: { matching: 37, skipped: 0 },
  revokedKey: { ...key, revokedAt: "2026-11-22T02:00:00.000Z" },
  keyList: { items: [key] },
  createdKey: {
    ...key,
    key: "hk_4w8t2m9qxk_…the secret, shown once…",
    signingSecret: secret,
  },
  portalLink: {
    url: "https://homing.example.com/portal#key=hk_4w8t2m9qxk_…the secret, shown once…",
    expiresAt: "2026-11-22T02:30:00.000Z",
  },
  rotatedSender: { senderId: "acme", signingSecret: secret, previousValidUntil: "2026-11-23T01:30:00.000Z" },
  health: { status: "ok" },
  ready: { status: "ready" },

  invalid: problem(
    400,
    "VALIDATION_ERROR",
    "The request is not valid",
    "The request is not valid; see errors.",
    {
      errors: [{ path: "method", message: "must be one of GET, POST, PUT, PATCH, DELETE" }],
    },
  ),
  unauthorized: problem(
    401,
    "UNAUTHORIZED",
    "A valid key is needed",
    "Send a valid key: authorization: Bearer <key>.",
  ),
  forbidden: problem(403, "FORBIDDEN", "This key does not allow that", "This key lacks the scope send."),
  notFound: problem(
    404,
    "NOT_FOUND",
    "Not found",
    "There is nothing here, or nothing that this key may see.",
  ),
  methodNotAllowed: problem(405, "METHOD_NOT_ALLOWED", "Method not allowed", "Use GET or POST."),
  conflict: problem(
    409,
    "CONFLICT",
    "Not possible in the message's present status",
    "A message that is COMPLETED cannot be cancelled.",
    { ...stored, messageStatus: "COMPLETED" },
  ),
  tooLarge: problem(
    413,
    "PAYLOAD_TOO_LARGE",
    "The request is too large",
    "The request must be at most 262,144 bytes.",
  ),
  unsupported: problem(
    415,
    "UNSUPPORTED_MEDIA_TYPE",
    "The request must be JSON",
    "Send JSON, with content-type: application/json.",
  ),
  keyReused: problem(
    422,
    "IDEMPOTENCY_KEY_REUSED",
    "The idempotency key belongs to another request",
    "This idempotency key was used with another request; use a new key for a new message.",
  ),
  previousNotAccepted: problem(
    424,
    "PREVIOUS_NOT_ACCEPTED",
    "An earlier message was not accepted",
    "An earlier message of this call with the same ordering key was not accepted. Send both again, in their order.",
    { retryable: true },
  ),
  rateLimited: problem(
    429,
    "RATE_LIMITED",
    "Too many requests",
    "Too many requests for this sender; wait as retry-after says.",
    { retryable: true },
  ),
  refusedByQueue: problem(
    500,
    "SYSTEM_ERROR",
    "Something on our side failed",
    "The message is stored but could not be queued yet. It is kept, and sent as soon as that is possible, without another call.",
    stored,
  ),
  unavailable: problem(
    503,
    "SYSTEM_ERROR",
    "Something on our side failed",
    "The message is stored but could not be queued yet. It is kept, and sent as soon as that is possible, without another call.",
    { ...stored, retryable: true },
  ),
};

export type ExampleName = keyof typeof EXAMPLES;
