/** What has to be true of a message that brings an event to an endpoint, and of each of its requests. */
import { createHmac } from "node:crypto";
import type { OutgoingRequest } from "@homing/core/delivery/http-client";
import type { Endpoint } from "@homing/core/endpoint/endpoint";
import type { Message } from "@homing/core/message/message";
import { CONFIGURATION_HEADER } from "../simulate/endpoints.ts";
import { SIGNING_MASTER, WORKER_TIMEOUT_MS } from "../simulate/fixed-times.ts";
import type { Ledger, RequestFact, WriteFact } from "../simulate/ledger.ts";
import { isHeld, mayBeGated } from "./gates.ts";

/** A configuration is used until so long after it was read. */
const USED_FOR_MS = 20_000;
const DAY_MS = 24 * 3_600_000;

/** What is wrong with a delivery that is there for the first time; undefined if nothing is. */
export function wrongSpawn(write: WriteFact, ledger: Ledger): string | undefined {
  const { after: message, process } = write;
  const { fanOut } = ledger;
  const { eventId, endpointId = "", attempt, revision, history } = message;
  const event = fanOut.state(eventId);
  if (!event) return "a delivery is there before its event";
  if (!event.matched.includes(endpointId)) return "a delivery is made that its event does not name";
  if (event.matched.indexOf(endpointId) < event.done) return "a delivery is made a second time";
  if (event.status !== "PENDING") return `a delivery is made of an event that is ${event.status}`;
  const isTheFirst = ledger
    .states()
    .every((other) => other === message || other.eventId !== eventId || other.endpointId !== endpointId);
  if (!isTheFirst) return "an event has two deliveries to one endpoint";
  const own = ["eventType", "requestHash", "correlationId", "createdAt", "senderId", "deliverBy"] as const;
  const stray = own.find((name) => message[name] !== event[name]);
  if (stray) return `the ${stray} of a delivery is not its event's`;
  if (attempt !== 0 || revision !== 1 || history.length !== 1) return "a delivery begins with no attempt";
  const [begun] = history;
  if (message.status === "QUEUED" && begun?.reason === "EXPANDED") return undefined;
  if (message.status === "PENDING" && begun?.reason === "THROTTLED") return undefined;
  if (!begun || !isHeld(message) || begun.reason !== message.pendingReason)
    return "a delivery begins as QUEUED, or is held";
  if (isHeldForNobody(message, write, ledger)) return "a delivery is held, and nobody looks for it";
  return wrongHold(message.pendingReason, message, { at: begun.at, process }, ledger);
}

/** What is wrong with holding a message for this reason; undefined if nothing is. */
export function wrongHold(
  reason: Message["pendingReason"],
  message: Message,
  decision: Decision,
  ledger: Ledger,
): string | undefined {
  if (reason === "ENDPOINT_FAILING")
    return mayBeGated(true, message, decision, ledger) ? undefined : "its endpoint does not hold";
  return mayBe("PAUSED", message, decision, ledger) ? undefined : "its endpoint is not paused";
}

/** When something was decided, by the clock of the process that decided it. */
interface Decision {
  readonly at: number;
  readonly process: string;
}

/** Whether somebody may still have taken the endpoint of a delivery for one in this state when that was decided. */
export function mayBe(
  state: Endpoint["state"],
  { endpointId = "" }: Message,
  { at, process }: Decision,
  ledger: Ledger,
): boolean {
  const { highestMs = 0, lowestMs = 0 } = ledger.clockOf(process) ?? {};
  const from = at - highestMs - USED_FOR_MS - ledger.clocksApartMs();
  const believed = ledger.fanOut.believable(endpointId, from, at - lowestMs);
  // One that was deleted is forgotten in the end.
  return believed.some((endpoint) => (endpoint?.state ?? "DELETED") === state);
}

/** As long as a function can run. */
const LONGEST_PROCESS_MS = 15 * 60_000;

/** Whether a process has written it that no platform would have let live so long. */
export function isFromAnOldProcess(
  write: Pick<WriteFact, "at" | "process"> | undefined,
  ledger: Ledger,
): boolean {
  return write !== undefined && write.at - ledger.spawnedAt(write.process) >= LONGEST_PROCESS_MS;
}

/** Whether a message is held that nobody will look for until a week has gone by. */
export function isHeldForNobody(
  { endpointId = "" }: Message,
  write: Pick<WriteFact, "at" | "process">,
  ledger: Ledger,
): boolean {
  const endpoint = ledger.fanOut.endpoints().find((one) => one.endpointId === endpointId);
  const isLookedFor = endpoint === undefined || endpoint.state === "PAUSED" || endpoint.dueAt !== undefined;
  return !isLookedFor && !isFromAnOldProcess(write, ledger);
}

/** What is wrong with a copy that decides over an attempt: it may decide over the one that it would start. */
export function wrongCopy(before: Message, process: string, ledger: Ledger): string | undefined {
  const attempts = ledger.attemptsHanded(process, before.messageId);
  return attempts === undefined || attempts.includes(before.attempt + 1)
    ? undefined
    : "a copy decides over another attempt than its own";
}

/** Whether a held message was left to the weekly look, although its endpoint has not held for a day. */
export function wasForgotten(
  { endpointId = "", dueAt = Infinity }: Message,
  at: number,
  ledger: Ledger,
): boolean {
  const { fanOut } = ledger;
  const isTheWeeklyLook = dueAt <= at + ledger.clocksApartMs();
  return (
    isTheWeeklyLook &&
    fanOut.believable(endpointId, at - DAY_MS, at).every((one) => one && one.state !== "PAUSED" && !one.gate)
  );
}

/** What is wrong with a request as one to this endpoint at this time; undefined if nothing is. */
export function wrongDelivery(
  { process, at, calledAt }: RequestFact,
  request: OutgoingRequest,
  message: Message,
  ledger: Ledger,
): string | undefined {
  const { eventId = "", endpointId = "", eventType = "" } = message;
  const header = (name: string) => request.headers.find(([other]) => other === name)?.[1];
  if (header("webhook-id") !== eventId) return "a delivery does not carry the id of its event";
  if (header("webhook-event-type") !== eventType) return "a delivery does not carry the type of its event";
  const unseenMs = ledger.clockOf(process)?.mostUnseenMs ?? 0;
  const from = calledAt - USED_FOR_MS - ledger.clocksApartMs() - unseenMs;
  const believed = ledger.fanOut.believable(endpointId, from, at);
  const configured = believed.filter(
    (endpoint) =>
      endpoint?.url === request.url &&
      endpoint.headers[CONFIGURATION_HEADER] === header(CONFIGURATION_HEADER) &&
      endpoint.svixHeaders === (header("svix-id") !== undefined),
  );
  if (configured.length === 0)
    return "a delivery is made by a configuration that was replaced more than 20 seconds before";
  if (process.startsWith("listener")) {
    if (configured.every((endpoint) => endpoint?.state !== "PAUSED"))
      return "a listener delivers in the place of workers, and the endpoint has not been PAUSED for more than 20 seconds";
  } else if (configured.every((endpoint) => endpoint?.state !== "ACTIVE") && !isAskedFor(message))
    return "a delivery is made to an endpoint that has not been ACTIVE for more than 20 seconds";
  if (!isAskedFor(message) && !mayBeGated(false, message, { at: calledAt, process }, ledger))
    return "a delivery is made to an endpoint that holds because it fails, and it is not its probe";
  const clock = ledger.clockOf(process);
  // The secrets are taken in the invocation that makes the request.
  const asked = calledAt - WORKER_TIMEOUT_MS + (clock?.lowestMs ?? 0) - unseenMs;
  const isSigned = configured.some((endpoint) => {
    const right = signaturesOf(endpoint, [asked, calledAt + (clock?.highestMs ?? 0)], request);
    const given = header("webhook-signature")?.split(" ") ?? [];
    return right.must.every((one) => given.includes(one)) && given.every((one) => right.may.includes(one));
  });
  return isSigned ? undefined : "a delivery is not signed with the secrets of its endpoint";
}

/** This attempt, or the one that it has taken over. */
function isAskedFor({ forcedAttempt, attempt, unknowns }: Message): boolean {
  return forcedAttempt !== undefined && forcedAttempt <= attempt && attempt <= forcedAttempt + unknowns;
}

/** Those that it must carry between the two times, and those that it may. */
function signaturesOf(
  endpoint: Endpoint | undefined,
  [from, to]: readonly [number, number],
  { headers, body = "" }: OutgoingRequest,
): { must: string[]; may: string[] } {
  if (!endpoint) return { must: [], may: [] };
  const header = (name: string) => headers.find(([other]) => other === name)?.[1];
  const signed = `${header("webhook-id")}.${header("webhook-timestamp")}.${body}`;
  const sign = (generation: number) =>
    `v1,${createHmac("sha256", secretOf(endpoint, generation)).update(signed).digest("base64")}`;
  const own = sign(endpoint.generation);
  const previous = endpoint.previousSecrets ?? [];
  const inForce = (at: number) =>
    previous.filter(({ validUntil }) => at < validUntil).map(({ generation }) => sign(generation));
  return { must: [own, ...inForce(to)], may: [own, ...inForce(from)] };
}

/** HMAC-SHA-256 of the master over "endpoint", sender, endpoint id and generation, each with its length before it. */
function secretOf({ senderId, endpointId }: Endpoint, generation: number): Buffer {
  const parts = ["endpoint", senderId, endpointId, String(generation)].map(
    (part) => `${part.length}:${part}`,
  );
  return createHmac("sha256", SIGNING_MASTER).update(parts.join("")).digest();
}
