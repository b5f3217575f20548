/** The query parameters of each route, and what they share with bodies. */
import { ENDPOINT_HEALTHS, ENDPOINT_STATES } from "@homing/core/endpoint/endpoint";
import { ENDPOINT_ID } from "@homing/core/endpoint/endpoint-id";
import { eventTypeSchema } from "@homing/core/endpoint/event-type";
import { validationError } from "@homing/core/error";
import { EVENT_ID } from "@homing/core/event/event-id";
import type { IdPart } from "@homing/core/id-part";
import { FAILURE_REASONS, STATUSES } from "@homing/core/message/message";
import {
  idempotencyKeySchema,
  orderingKeySchema,
  senderIdSchema,
  timestampSchema,
} from "@homing/core/message/message-input";
import { parseTimestamp } from "@homing/core/message/timestamp";
import type { ListFilter } from "@homing/core/operate/list";
import { PERIODS } from "@homing/core/stats/series";
import * as v from "valibot";
import { CORRELATION_ID } from "./middleware.ts";

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 100;

const limit = v.optional(
  v.pipe(
    v.string(),
    v.regex(/^(?:[1-9]\d?|100)$/, `must be a whole number from 1 to ${MAX_LIMIT}`),
    v.description(`At most so many on a page, 1 to ${MAX_LIMIT}.`),
    v.transform(Number),
  ),
  String(DEFAULT_LIMIT),
);

/** An RFC 3339 time; comes out in milliseconds since the epoch. */
export const timeSchema = v.pipe(
  timestampSchema,
  v.transform((text) => parseTimestamp(text) ?? 0),
);

/** A host, with its port if it has one of its own. */
export const targetSchema = v.pipe(
  v.string(),
  v.regex(/^[^\s/]{1,255}$/, "must be a host such as example.com"),
  v.toLowerCase(),
);

export const cursorSchema = v.pipe(v.string(), v.maxLength(512, "was not made here"));

const told = <const S extends v.GenericSchema>(schema: S, description: string) =>
  v.optional(v.pipe(schema, v.description(description)));

const RESPONSE_STATUS = "What the target answered to the latest attempt; none if it did not answer.";
const responseStatusMessage = "must be an HTTP status, 100 to 999";

const responseStatusText = v.pipe(
  v.string(),
  v.regex(/^[1-9]\d\d$/, responseStatusMessage),
  v.transform(Number),
);

/** The same in a body, where it is a number. */
export const responseStatusEntry = told(
  v.pipe(
    v.number(responseStatusMessage),
    v.integer(responseStatusMessage),
    v.minValue(100, responseStatusMessage),
    v.maxValue(999, responseStatusMessage),
  ),
  RESPONSE_STATUS,
);

const endpointIdEntry = told(
  v.pipe(v.string(), v.regex(ENDPOINT_ID, "must be the id of an endpoint")),
  "Only what brings events to this endpoint.",
);

/** What lists and bulk operations have in common. */
export const filterEntries = {
  senderId: v.optional(senderIdSchema),
  since: told(timeSchema, "Accepted at or after this time."),
  until: told(timeSchema, "Accepted before this time."),
  target: told(targetSchema, "Host of the target; with its port, or whatever its port."),
  failureReason: told(
    v.picklist(FAILURE_REASONS, `must be one of ${FAILURE_REASONS.join(", ")}`),
    "Why it failed: only FAILED messages have a reason.",
  ),
  endpointId: endpointIdEntry,
  eventId: told(
    v.pipe(v.string(), v.regex(EVENT_ID, "must be the id of an event")),
    "Only what brings this event to its endpoints.",
  ),
  eventType: told(
    eventTypeSchema,
    "Only what brings events of exactly this type; needs a sender, an endpoint or an event.",
  ),
  cursor: told(cursorSchema, "`nextCursor` of the page before, with the same filter and key."),
};

/** Looked for through everything there is, it would hardly ever be found. @throws HomingError VALIDATION_ERROR */
export function refuseEventTypeAlone({ eventType, senderId, endpointId, eventId }: ListFilter): void {
  if (eventType !== undefined && (senderId ?? endpointId ?? eventId) === undefined)
    throw validationError([
      { path: "eventType", message: "needs senderId, endpointId or eventId beside it" },
    ]);
}

/** Only FAILED messages are resolved or not. */
const RESOLVED = "`true`: failures that somebody has resolved; `false`: those that nobody has.";

/**
 * The alphabet of ids; the first four characters may be all that somebody has read out. In either case without a flag:
 * JSON Schema has none.
 */
const ID_PARTS = {
  message: /^(?:[Mm][Ss][Gg]_)?[0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{4,26}$/,
  event: /^(?:[Ee][Vv][Tt]_)?[0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{4,26}$/,
  endpoint: /^(?:[Ee][Pp]_)?[0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{4,26}$/,
};

const idPartEntry = (of: keyof typeof ID_PARTS, prefix: string, howFar: string) =>
  told(
    v.pipe(
      v.string(),
      v.regex(
        ID_PARTS[of],
        `must be 4 to 26 characters of ${of === "message" ? "a" : "an"} ${of}'s id: digits, and letters but I, L, O and U`,
      ),
      v.transform((text): IdPart => {
        const behindPrefix = text.indexOf("_") + 1;
        return { text: text.slice(behindPrefix).toUpperCase(), isBeginning: behindPrefix > 0 };
      }),
    ),
    `Those whose id has these 4 to 26 characters in it, in either case; behind \`${prefix}\`: begins with them. ${howFar} A page may be empty; \`searchedSince\` says how far it looked, and \`nextCursor\` goes on there.`,
  );

const LOOKED_AT =
  "Ids are looked at, some thousands a page: first those of the time that such a beginning stands for in an id that was made without an idempotency key, however long ago; then from the newest on.";

const correlationIdEntry = (what: "messages" | "events") =>
  told(
    v.pipe(v.string(), v.regex(CORRELATION_ID, "must be a correlation id, of at most 128 characters")),
    `Those that came with a call of this correlation id. Looked for on reading: a page reads at most 500 ${what}, may be empty, and \`nextCursor\` goes on where it stopped.`,
  );

const metadataEntry = (what: "messages" | "events") =>
  told(
    v.pipe(
      v.string(),
      v.maxLength(1_024, "must be at most 1,024 characters"),
      v.regex(/^[^=]+=/, "must be a name, = and a value"),
      v.transform((text) => {
        const at = text.indexOf("=");
        return { name: text.slice(0, at), value: text.slice(at + 1) };
      }),
    ),
    `\`name=value\`: those whose metadata have exactly this value under this name. Looked for on reading: a page reads at most 500 ${what}, may be empty, and \`nextCursor\` goes on where it stopped.`,
  );

export const listQuerySchema = v.strictObject({
  status: v.optional(v.picklist(STATUSES, `must be one of ${STATUSES.join(", ")}`)),
  rolledBack: v.optional(
    v.pipe(
      v.picklist(["true", "false"], "must be true or false"),
      v.description("`true`: rolled back after a failed send, and neither claimed nor finished since."),
      v.transform((text) => text === "true"),
    ),
  ),
  resolved: told(
    v.pipe(
      v.picklist(["true", "false"], "must be true or false"),
      v.transform((text) => text === "true"),
    ),
    RESOLVED,
  ),
  ...filterEntries,
  responseStatus: told(responseStatusText, RESPONSE_STATUS),
  orderingKey: told(orderingKeySchema, "Those with this key; needs a sender."),
  idPart: idPartEntry("message", "msg_", LOOKED_AT),
  correlationId: correlationIdEntry("messages"),
  metadata: metadataEntry("messages"),
  idempotencyKey: told(idempotencyKeySchema, "The one message of this key; needs a sender."),
  limit,
});

export const laneQuerySchema = v.strictObject({
  senderId: told(senderIdSchema, "Whose key it is; needed with a key of all senders."),
});

export const laneListQuerySchema = v.strictObject({
  senderId: v.optional(senderIdSchema),
  limit,
  cursor: filterEntries.cursor,
});

export const endpointListQuerySchema = v.strictObject({
  senderId: v.optional(senderIdSchema),
  state: v.optional(v.picklist(ENDPOINT_STATES, `must be one of ${ENDPOINT_STATES.join(", ")}`)),
  health: v.optional(v.picklist(ENDPOINT_HEALTHS, `must be one of ${ENDPOINT_HEALTHS.join(", ")}`)),
  idPart: idPartEntry(
    "endpoint",
    "ep_",
    "Of one sender all are looked at; of all senders 500 a page, from the newest on.",
  ),
  limit,
  cursor: filterEntries.cursor,
});

export const eventListQuerySchema = v.strictObject({
  senderId: v.optional(senderIdSchema),
  eventType: told(eventTypeSchema, "Of this type alone, exactly."),
  matched: told(v.picklist(["none"], "must be none"), "`none`: those that go to no endpoint."),
  idPart: idPartEntry("event", "evt_", LOOKED_AT),
  correlationId: correlationIdEntry("events"),
  metadata: metadataEntry("events"),
  since: filterEntries.since,
  until: filterEntries.until,
  idempotencyKey: told(idempotencyKeySchema, "The one event of this key; needs a sender."),
  limit,
  cursor: filterEntries.cursor,
});

const flag = v.pipe(
  v.picklist(["true", "false"], "must be true or false"),
  v.transform((text) => text === "true"),
);

export const eventQuerySchema = v.strictObject({
  explain: told(flag, "`true`: also why each other endpoint of the sender does not get it."),
});

export const sendEventQuerySchema = v.strictObject({
  dryRun: told(flag, "`true`: tells where the event would go; nothing is stored."),
});

export const keyListQuerySchema = v.strictObject({
  senderId: told(
    v.union([v.literal("*"), senderIdSchema], "must be a sender's id, or * for keys of all senders"),
    "Only keys of this sender, or `*` for those of all senders.",
  ),
  limit,
  cursor: filterEntries.cursor,
});

export const statsQuerySchema = v.strictObject({
  senderId: v.optional(senderIdSchema),
  endpointId: endpointIdEntry,
});

export const seriesQuerySchema = v.strictObject({
  period: v.optional(
    v.pipe(
      v.picklist(PERIODS, `must be one of ${PERIODS.join(", ")}`),
      v.description("How far it goes back, to this moment."),
    ),
    "day",
  ),
  senderId: v.optional(senderIdSchema),
  endpointId: endpointIdEntry,
  target: filterEntries.target,
});

export const targetsQuerySchema = v.strictObject({ senderId: v.optional(senderIdSchema) });
