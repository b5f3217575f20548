/** What may be asked for an endpoint: the schema, and the rules a schema cannot state. */
import * as v from "valibot";
import { DAY, SECOND } from "../duration.ts";
import type { ErrorSink } from "../field-errors.ts";
import { checkHeaders, type HeaderLimits, isSecretHeader, MASKED } from "../message/headers.ts";
import { checkMetadata, metadataSchema, senderIdSchema, textRecord } from "../message/message-input.ts";
import { MAX_TARGET_URL_LENGTH, parseTargetUrl } from "../message/target-url.ts";
import { channelsSchema } from "./channel.ts";
import { ENDPOINT_STATES, type EndpointConfiguration } from "./endpoint.ts";
import { isImportableSecret } from "./endpoint-secret.ts";
import { eventTypePatternSchema, eventTypeSchema } from "./event-type.ts";
import { rateLimitSchema } from "./rate-limit.ts";
import { retryScheduleSchema } from "./retry-schedule.ts";

const MAX_DESCRIPTION_LENGTH = 256;
const MAX_EVENT_TYPES = 100;
/** An event may bring 40 headers and 12 KiB besides: together as much as a message may. */
export const ENDPOINT_HEADER_LIMITS: HeaderLimits = { headers: 20, bytes: 4_096 };

const eventTypes = v.pipe(
  v.array(eventTypePatternSchema, "must be an array of event types"),
  v.minLength(1, "must hold at least one event type, or be left out"),
  v.maxLength(MAX_EVENT_TYPES, `must hold at most ${MAX_EVENT_TYPES} event types`),
  v.description("Which events it gets; `*` stands for any run of characters. Absent: events of all types."),
);

/** What may be changed later. */
const configurationEntries = {
  url: v.pipe(
    v.string(),
    v.maxLength(MAX_TARGET_URL_LENGTH, "must be at most 2,048 characters"),
    v.description("Where its events are delivered: http or https, a public host."),
  ),
  description: v.optional(
    v.pipe(
      v.string(),
      v.maxLength(MAX_DESCRIPTION_LENGTH, `must be at most ${MAX_DESCRIPTION_LENGTH} characters`),
      v.description("For you, to tell endpoints apart."),
    ),
  ),
  eventTypes: v.optional(eventTypes),
  channels: v.optional(
    v.pipe(
      channelsSchema,
      v.description("It gets events that share a channel with it. Absent: all, with or without channels."),
    ),
  ),
  headers: v.optional(
    v.pipe(
      textRecord,
      v.description("Sent with each of its deliveries, before the event's own. At most 20, 4 KiB in all."),
    ),
  ),
  metadata: v.optional(metadataSchema),
  svixHeaders: v.optional(
    v.pipe(
      v.boolean(),
      v.description("Deliveries carry svix-id, svix-timestamp and svix-signature as well."),
    ),
  ),
  retrySchedule: v.optional(retryScheduleSchema),
  rateLimit: v.optional(rateLimitSchema),
};

export const endpointConfigurationSchema = v.strictObject(configurationEntries, "must be a JSON object");
export type EndpointConfigurationInput = v.InferOutput<typeof endpointConfigurationSchema>;

/** As JSON Merge Patch: what is not given stays, null takes away. */
export const endpointPatchSchema = v.strictObject({
  url: v.optional(configurationEntries.url),
  description: v.nullish(configurationEntries.description.wrapped),
  eventTypes: v.nullish(configurationEntries.eventTypes.wrapped),
  channels: v.nullish(configurationEntries.channels.wrapped),
  headers: v.nullish(
    v.pipe(
      v.record(v.string(), v.nullable(v.string())),
      v.description("Merged with those that are there; null takes one away."),
    ),
  ),
  metadata: v.nullish(
    v.pipe(
      v.record(v.string(), v.nullable(v.string())),
      v.description("Merged with what is there; null takes a pair away."),
    ),
  ),
  svixHeaders: v.nullish(configurationEntries.svixHeaders.wrapped),
  retrySchedule: v.nullish(retryScheduleSchema),
  rateLimit: v.nullish(rateLimitSchema),
});

const secret = v.pipe(
  v.string(),
  v.check(isImportableSecret, "must be whsec_ and 24 to 64 bytes in base64"),
  v.description("Only to bring one along; otherwise the endpoint gets one of its own."),
);

const MOST_GRACE_SECONDS = (7 * DAY) / SECOND;
const DEFAULT_GRACE_SECONDS = DAY / SECOND;

export const rotationInputSchema = v.strictObject(
  {
    secret: v.optional(secret),
    graceSeconds: v.optional(
      v.pipe(
        v.number("must be a number of seconds"),
        v.integer("must be a whole number of seconds"),
        v.minValue(0, "must not be negative"),
        v.maxValue(MOST_GRACE_SECONDS, "must be at most 604,800, which is 7 days"),
        v.description("For so long deliveries are signed with the old secret as well; a day unless given."),
      ),
      DEFAULT_GRACE_SECONDS,
    ),
  },
  "must be a JSON object",
);

export const endpointTestSchema = v.strictObject(
  {
    eventType: v.optional(eventTypeSchema, "homing.test"),
    body: v.optional(v.pipe(v.unknown(), v.description("Any JSON value."))),
  },
  "must be a JSON object",
);

export const endpointInputSchema = v.strictObject(
  {
    senderId: v.optional(senderIdSchema),
    ...configurationEntries,
    secret: v.optional(secret),
    state: v.optional(
      v.pipe(
        v.picklist(ENDPOINT_STATES, `must be one of ${ENDPOINT_STATES.join(", ")}`),
        v.description(
          "ACTIVE unless given. For a PAUSED one deliveries are held until it is activated; a DISABLED one gets no events.",
        ),
      ),
    ),
  },
  "must be a JSON object",
);
export type EndpointInput = v.InferOutput<typeof endpointInputSchema>;

/** Checks what no schema can and fills in the defaults; undefined if something is wrong. The URL comes out normalised. */
export function checkConfiguration(
  input: EndpointConfigurationInput,
  allowPrivateTargets: readonly string[],
  errors: ErrorSink,
): EndpointConfiguration | undefined {
  let sound = true;
  const add: ErrorSink["add"] = (path, message) => {
    sound = false;
    errors.add(path, message);
  };
  const target = parseTargetUrl(input.url, allowPrivateTargets);
  if (!target.ok) add("url", target.message);
  const { description, eventTypes: types, channels, headers = {}, metadata, svixHeaders = false } = input;
  const { retrySchedule, rateLimit } = input;
  for (const { name, message } of checkHeaders(headers, ENDPOINT_HEADER_LIMITS)) {
    add(name === undefined ? "headers" : ["headers", name], message);
  }
  for (const [name, value] of Object.entries(headers)) {
    // Read from an answer of ours and sent back: it would take the place of the secret.
    if (value === MASKED && isSecretHeader(name))
      add(
        ["headers", name],
        `${MASKED} stands for a value that is not shown; leave it out, or give the value`,
      );
  }
  checkMetadata(metadata ?? {}, { add });
  if (!target.ok || !sound) return undefined;
  return {
    url: target.url.href,
    ...(description === undefined ? {} : { description }),
    ...(types === undefined ? {} : { eventTypes: types }),
    ...(channels === undefined ? {} : { channels }),
    headers,
    ...(metadata === undefined ? {} : { metadata }),
    svixHeaders,
    ...(retrySchedule === undefined ? {} : { retrySchedule }),
    ...(rateLimit === undefined ? {} : { rateLimit }),
  };
}
