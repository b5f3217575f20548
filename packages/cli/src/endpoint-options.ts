/** What an endpoint is made of, as options. */
import type { EndpointInput, EndpointPatch } from "@homing/client/source/types";
import { pairs } from "./command.ts";
import { UsageError } from "./usage-error.ts";

export const ENDPOINT_OPTIONS = {
  description: { type: "string" },
  "event-type": { type: "string", short: "e", multiple: true },
  channel: { type: "string", multiple: true },
  header: { type: "string", short: "H", multiple: true },
  metadata: { type: "string", short: "m", multiple: true },
  "svix-headers": { type: "boolean" },
  "retry-delay": { type: "string", multiple: true },
  "rate-limit": { type: "string" },
} as const;

export const ENDPOINT_EXPLANATIONS = [
  "--event-type T    which events it gets, as often as needed; * stands for any run of characters",
  "--channel C       it gets events that share a channel with it, as often as needed",
  "--description D   for you, to tell endpoints apart",
  "--header 'N: V'   sent with each of its deliveries, as often as needed",
  "--metadata N=V    stored and shown, not sent",
  "--retry-delay D   between one attempt and the next, such as 30s or 2h, once for each; else as everywhere",
  "--rate-limit N/P   at most N requests in each period P, evenly spaced, such as 100/1m; else no limit",
  "--svix-headers    deliveries carry svix-id, svix-timestamp and svix-signature as well",
];

interface EndpointValues {
  readonly url?: string | undefined;
  readonly description?: string | undefined;
  readonly "event-type"?: readonly string[] | undefined;
  readonly channel?: readonly string[] | undefined;
  readonly header?: readonly string[] | undefined;
  readonly metadata?: readonly string[] | undefined;
  readonly "svix-headers"?: boolean | undefined;
  readonly "retry-delay"?: readonly string[] | undefined;
  readonly "rate-limit"?: string | undefined;
}

/** @throws UsageError */
export function endpointOf(values: EndpointValues): Omit<EndpointInput, "url"> {
  const { description, channel } = values;
  return {
    description,
    eventTypes: values["event-type"] && [...values["event-type"]],
    channels: channel && [...channel],
    headers: pairs(values.header, ":", (name) => name.toLowerCase()),
    metadata: pairs(values.metadata, "="),
    svixHeaders: values["svix-headers"],
    retrySchedule: values["retry-delay"] && [...values["retry-delay"]],
    rateLimit: rateLimitOf(values["rate-limit"]),
  };
}

/** Whether the numbers are right the API says. @throws UsageError */
function rateLimitOf(text: string | undefined): EndpointInput["rateLimit"] {
  if (text === undefined) return undefined;
  const [, count, period] = /^(\d+)\/(\w+)$/.exec(text) ?? [];
  if (count === undefined || period === undefined)
    throw new UsageError(`--rate-limit: "${text}" is no count and period, such as 100/1m.`);
  return { count: Number(count), period };
}

/** What `--unset` can take away as a whole. */
const FIELDS = {
  description: "description",
  "event-types": "eventTypes",
  channels: "channels",
  headers: "headers",
  metadata: "metadata",
  "svix-headers": "svixHeaders",
  "retry-delays": "retrySchedule",
  "rate-limit": "rateLimit",
} as const satisfies Record<string, keyof EndpointPatch>;

export const UNSET_EXPLANATIONS = [
  `--unset F         take away ${Object.keys(FIELDS).join(", ")}, or one of many:`,
  "                  header.x-shop, metadata.order; as often as needed",
];

/** As a merge patch: null takes away. @throws UsageError */
export function patchOf(values: EndpointValues, unset: readonly string[] = []): EndpointPatch {
  const patch: EndpointPatch = { url: values.url, ...endpointOf(values) };
  for (const name of unset) {
    const [field = "", member] = splitAt(name, ".");
    if (member === undefined && Object.hasOwn(FIELDS, field)) {
      patch[FIELDS[field as keyof typeof FIELDS]] = null;
    } else if (member !== undefined && field === "header") {
      patch.headers = { ...patch.headers, [member]: null };
    } else if (member !== undefined && field === "metadata") {
      patch.metadata = { ...patch.metadata, [member]: null };
    } else {
      throw new UsageError(`--unset: "${name}" is none of ${Object.keys(FIELDS).join(", ")}.`);
    }
  }
  const isGiven = Object.values(patch).some((value) => value !== undefined);
  if (!isGiven) throw new UsageError("Nothing is to be changed: give one of the options.");
  return patch;
}

function splitAt(text: string, separator: string): [string, string?] {
  const at = text.indexOf(separator);
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
