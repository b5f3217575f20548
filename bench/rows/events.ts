import { median, quantile } from "../measure.ts";
import { atMost, type Finding, type Row, times } from "../row.ts";
import { type Arrivals, startArrivals } from "../stack/arrivals.ts";
import { type Homing, startHoming } from "../stack/homing.ts";

const ROUNDS = 5;
/** Events of each kind in a round. */
const EVENTS = 20;
/** Endpoints that a sender has beside the one that matches; the first with none is what the others are held against. */
const OTHERS = [0, 100, 900];
const ACCEPT_LIMIT = 1.5;
/** Endpoints that an event goes to. */
const FAN_OUT = [1, 10, 300];
/** Of one event, in the time of as many messages of their own. */
const FAN_OUT_LIMIT = 1.5;

/** What an event costs its caller, by how many endpoints its sender has, and how long it takes to the last of many. */
export const events: Row = {
  name: "events",
  run: async () => {
    const arrivals = await startArrivals();
    const homing = await startHoming({ HOMING_DATA_DIR: "memory" });
    try {
      return [await acceptBesideOthers(homing, arrivals), ...(await untilTheLast(homing, arrivals))];
    } finally {
      await homing.stop();
      await arrivals.close();
    }
  },
};

let names = 0;
const nextName = () => `event-${++names}`;

async function register(homing: Homing, senderId: string, url: string, eventType: string): Promise<void> {
  await homing.call("POST", "/v1/endpoints", 201, { senderId, url, eventTypes: [eventType] });
}

const event = (senderId: string) => ({ senderId, eventType: "paid", body: { text: "x".repeat(1_000) } });

/** In turns over all senders, so that none is measured while the machine is slower than for the others. */
async function acceptBesideOthers(homing: Homing, arrivals: Arrivals): Promise<Finding> {
  const senders = OTHERS.map((others) => ({
    others,
    senderId: `accept-${others}`,
    acceptMs: [] as number[],
  }));
  for (const { others, senderId } of senders) {
    await register(homing, senderId, `${arrivals.url}/${nextName()}`, "paid");
    for (let at = 0; at < others; at += 1) await register(homing, senderId, `${arrivals.url}/none`, "other");
  }
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const { senderId, acceptMs } of senders) {
      for (let at = 0; at < EVENTS; at += 1) {
        const startedAt = performance.now();
        await homing.call("POST", "/v1/events", 202, event(senderId));
        // The first of a round reads what has been forgotten since.
        if (at > 0) acceptMs.push(performance.now() - startedAt);
      }
    }
  }
  const p50 = senders.map(({ acceptMs }) => median(acceptMs));
  const ratio = (p50.at(-1) ?? 0) / (p50[0] ?? 1);
  return {
    what: `Accepting an event to one endpoint of ${senders.map(({ others }) => others + 1).join(", ")}: p50 beside the fewest`,
    target: `≤ ${ACCEPT_LIMIT} ×`,
    result: `${times(ratio)} (${p50.map((ms) => `${ms.toFixed(1)} ms`).join(", ")})`,
    ...atMost(ratio, ACCEPT_LIMIT),
    values: { ratio, p50 },
  };
}

/** From the call until the last has arrived, beside a batch of as many messages to the same targets. */
async function untilTheLast(homing: Homing, arrivals: Arrivals): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const endpoints of FAN_OUT) {
    const senderId = `fan-out-${endpoints}`;
    const targets = Array.from({ length: endpoints }, nextName);
    for (const name of targets) await register(homing, senderId, `${arrivals.url}/${name}`, "paid");
    const asEvent: number[] = [];
    const asMessages: number[] = [];
    const acceptMs: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const timed = async (send: () => Promise<unknown>): Promise<number> => {
        const arrived = Promise.all(targets.map((name) => arrivals.of(name)));
        const startedAt = performance.now();
        await send();
        acceptMs.push(performance.now() - startedAt);
        await arrived;
        return performance.now() - startedAt;
      };
      const one = async () => {
        asEvent.push(await timed(() => homing.call("POST", "/v1/events", 202, event(senderId))));
      };
      const many = async () => {
        const messages = targets.map((name) => ({
          senderId,
          targetUrl: `${arrivals.url}/${name}`,
          body: event(senderId).body,
        }));
        asMessages.push(await timed(() => inBatches(homing, messages)));
        acceptMs.pop();
      };
      // In turns: neither is always the first.
      for (const send of round % 2 === 0 ? [one, many] : [many, one]) await send();
    }
    const ratio = median(asEvent.map((ms, round) => ms / (asMessages[round] ?? ms)));
    findings.push({
      what: `One event until the last of ${endpoints} has arrived / as many messages, in batches`,
      target: `≤ ${FAN_OUT_LIMIT} ×`,
      result: `${times(ratio)} (${median(asEvent).toFixed(0)} / ${median(asMessages).toFixed(0)} ms; answered after ${median(acceptMs).toFixed(0)} ms, p99 ${quantile(acceptMs, 0.99).toFixed(0)})`,
      ...atMost(ratio, FAN_OUT_LIMIT),
      values: { ratio, asEvent, asMessages, acceptMs },
    });
  }
  return findings;
}

const BATCH = 100;

async function inBatches(homing: Homing, messages: readonly object[]): Promise<void> {
  for (let at = 0; at < messages.length; at += BATCH)
    await homing.call("POST", "/v1/messages/batch", 207, { messages: messages.slice(at, at + BATCH) });
}
