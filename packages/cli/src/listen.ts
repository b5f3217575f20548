/** Delivers an endpoint's events to this machine, in the worker's place. */
import { createHash } from "node:crypto";
import { hostname } from "node:os";
import { type HomingClient, HomingError } from "@homing/client/source/homing-client";
import type { AnsweredDelivery, EndpointView, TakenDeliveries } from "@homing/client/source/types";
import { command, noArguments } from "./command.ts";
import { forward, type Outcome } from "./forward.ts";
import type { Line, Output } from "./output.ts";
import { passing } from "./passing.ts";
import { EXIT, type Terminal } from "./terminal.ts";
import { durationOf } from "./times.ts";
import { UsageError } from "./usage-error.ts";

const DEFAULT_INTERVAL = "1s";
/** By RFC 6761 a name that never resolves: what goes to such an endpoint waits for a listener. */
const NOWHERE = "https://listen.invalid/";
/** Requests at a time; as many as the API gives. */
const SIDE_BY_SIDE = 10;
/** A request begins so soon after the call that gave it, or not at all: secrets and headers are those of then. */
const BEGUN_WITHIN_MS = 15_000;
const LEASE_RESERVE_MS = 1_000;
/** Of an endpoint that was deleted the idempotency key is used up for a while; the next ones are tried. */
const KEYS = 20;
/** Once the command is ended: for a call that may have given something, and for what was given. */
const LAST_TAKE_MS = 2_000;
const LAST_ANSWER_MS = 20_000;

export const listen = command({
  summary: "Deliver events to a server on this machine, without a tunnel",
  usage: "homing listen --forward http://127.0.0.1:4000/hook [--sender S] [options]",
  options: {
    forward: { type: "string" },
    endpoint: { type: "string" },
    sender: { type: "string" },
    "event-type": { type: "string", short: "e", multiple: true },
    channel: { type: "string", multiple: true },
    description: { type: "string" },
    interval: { type: "string" },
  },
  explanations: [
    "--forward URL     where deliveries go, with the headers and the signature that they always have",
    "--sender S        events of this sender",
    "--event-type T    only events of this type, as often as needed; * stands for any run of characters",
    "--channel C       only events of this channel, as often as needed",
    "--description D   of the endpoint that is made; another one makes another endpoint",
    "--endpoint EP     instead: what this endpoint holds, which has to be PAUSED",
    `--interval D      how often to look; ${DEFAULT_INTERVAL} unless given`,
    "",
    "It makes an endpoint that is paused, or uses the one that it has made before, and delivers what that holds.",
    "What the server answers counts: 2xx completes a message, anything else is retried. While nobody listens, events",
    "are held, 30 days at most; homing endpoints delete ends it.",
  ],
  run: async ({ client, terminal, values, positionals, format, show, note }) => {
    noArguments(positionals);
    if (format === "json")
      throw new UsageError("--output json would never end; ndjson is one document a line.");
    const url = urlOf(values.forward);
    const intervalMs = durationOf(values.interval ?? DEFAULT_INTERVAL, "--interval");
    const endpointId = values.endpoint ?? (await ownEndpoint(client, terminal, values)).endpointId;
    note(`Listening to ${endpointId} for ${url.href}`);
    note(`homing endpoints secret ${endpointId} shows what its receiver verifies with. Ctrl-C ends it.`);
    await deliverAll({ client, terminal, endpointId, url, show, note }, intervalMs);
    return EXIT.done;
  },
});

function urlOf(text: string | undefined): URL {
  if (text === undefined) throw new UsageError("--forward is missing: the URL of your server.");
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== "http:" && url?.protocol !== "https:")
    throw new UsageError(`--forward: "${text}" is no URL such as http://127.0.0.1:4000/hook.`);
  return url;
}

interface Wanted {
  readonly sender?: string | undefined;
  readonly "event-type"?: readonly string[] | undefined;
  readonly channel?: readonly string[] | undefined;
  readonly description?: string | undefined;
}

/** The same one each time that the same is wanted on this machine. */
async function ownEndpoint(
  client: HomingClient,
  { env, signal }: Pick<Terminal, "env" | "signal">,
  { sender, channel, description, "event-type": eventTypes }: Wanted,
): Promise<EndpointView> {
  const { USER: user = env.USERNAME } = env;
  const endpoint = {
    url: NOWHERE,
    senderId: sender,
    eventTypes: eventTypes && [...eventTypes],
    channels: channel && [...channel],
    description: description ?? `homing listen on ${hostname()}${user === undefined ? "" : ` by ${user}`}`,
    state: "PAUSED",
  } as const;
  const name = createHash("sha256").update(JSON.stringify(endpoint)).digest("hex");
  for (let number = 1; ; number += 1) {
    const idempotencyKey = `homing-listen-${name}-${number}`;
    try {
      return await client.endpoints.create(endpoint, { idempotencyKey, signal });
    } catch (error) {
      const isDeleted = error instanceof HomingError && error.code === "CONFLICT";
      if (!isDeleted || number === KEYS) throw error;
    }
  }
}

interface Listening extends Pick<Output, "show" | "note"> {
  readonly client: HomingClient;
  readonly terminal: Pick<Terminal, "signal" | "wait">;
  readonly endpointId: string;
  readonly url: URL;
}

type Taken = TakenDeliveries["deliveries"][number];

/** Ends with the signal, once what was taken is delivered: nobody else would do it before its lease is over. */
async function deliverAll(listening: Listening, intervalMs: number): Promise<void> {
  const { client, terminal, endpointId, note } = listening;
  const { signal } = terminal;
  const lastTake = after(signal, LAST_TAKE_MS);
  const nothing: TakenDeliveries = { deliveries: [], leaseSeconds: 0, timeoutSeconds: 0 };
  const underWay = new Set<Promise<void>>();
  try {
    while (!signal.aborted) {
      const limit = SIDE_BY_SIDE - underWay.size;
      const askedAt = performance.now();
      const { deliveries, leaseSeconds, timeoutSeconds } = await client.endpoints
        .take(endpointId, { limit }, { signal: lastTake.signal })
        .catch(passing(signal, note, nothing));
      for (const taken of deliveries) {
        const timeoutMs = timeoutSeconds * 1_000;
        const beginsWithinMs = Math.min(BEGUN_WITHIN_MS, leaseSeconds * 1_000 - timeoutMs - LEASE_RESERVE_MS);
        const isLate = performance.now() - askedAt > beginsWithinMs;
        const delivery = isLate ? leave(listening, taken) : deliver(listening, taken, timeoutMs);
        underWay.add(delivery);
        delivery.finally(() => underWay.delete(delivery));
      }
      if (underWay.size === SIDE_BY_SIDE) await Promise.race(underWay);
      else if (deliveries.length < limit) await terminal.wait(intervalMs, signal);
    }
  } catch (error) {
    // Ended in the middle of a call: that is no failure.
    if (!signal.aborted) throw error;
  } finally {
    lastTake.clear();
    if (underWay.size > 0 && signal.aborted) note("Finishing what is under way. Ctrl-C again leaves it.");
    await Promise.all(underWay);
  }
}

async function leave({ note }: Listening, { messageId }: Taken): Promise<void> {
  note(`${messageId} came too late to be delivered in its lease; it is held anew.`);
}

/** Never rejects: one delivery ends no other. */
async function deliver(listening: Listening, taken: Taken, timeoutMs: number): Promise<void> {
  const { client, terminal, endpointId, url, show, note } = listening;
  const { messageId, claimId, eventId, attempt, request } = taken;
  const outcome = await forward(url, request, timeoutMs);
  const last = after(terminal.signal, LAST_ANSWER_MS);
  try {
    const told = { messageId, claimId, ...outcome };
    const answered = await client.endpoints.answer(endpointId, told, { signal: last.signal });
    const { responseStatus, errorCode, durationMs } = outcome;
    show({ ...answered, eventId, attempt, responseStatus, errorCode, durationMs }, (): Line[] => [
      cellsOf(taken, outcome, answered),
    ]);
  } catch (error) {
    note(`${messageId}: ${error instanceof Error ? error.message : String(error)}`);
  } finally {
    last.clear();
  }
}

function cellsOf({ messageId, attempt, request }: Taken, outcome: Outcome, answered: AnsweredDelivery): Line {
  const eventType = request.headers.find(({ name }) => name === "webhook-event-type")?.value ?? "";
  const { responseStatus, errorCode = "", durationMs } = outcome;
  const next = answered.nextAttemptAt;
  return [
    messageId,
    eventType,
    attempt === 1 ? "" : `attempt ${attempt}`,
    `${responseStatus ?? errorCode} in ${durationMs} ms`,
    answered.status === "COMPLETED"
      ? { text: answered.status, style: "green" }
      : (answered.failureReason ?? ""),
    next === undefined ? "" : `next attempt ${next}`,
  ];
}

/** Aborts so long after another signal; to be cleared, or it keeps the process. */
function after(signal: AbortSignal, ms: number): { readonly signal: AbortSignal; clear(): void } {
  const late = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const begin = () => {
    timer = setTimeout(() => late.abort(signal.reason), ms);
  };
  if (signal.aborted) begin();
  else signal.addEventListener("abort", begin, { once: true });
  return {
    signal: late.signal,
    clear: () => {
      signal.removeEventListener("abort", begin);
      clearTimeout(timer);
    },
  };
}
