/** The demo's plot: a burst of everything, an outage of the queue, and then a steady trickle with an outage now and then. */
import { SECOND } from "@homing/core/duration";
import type { DemoApi } from "./demo-api.ts";
import { demoEndpoints, demoEvent } from "./demo-event.ts";
import { type DemoMessage, demoLanes, demoMessage } from "./demo-message.ts";
import type { DemoTarget } from "./demo-target.ts";

const BURST = 300;
const BATCH = 50;
const EVENTS = 40;
const CANCELLED = 4;
const RETRIED = 3;
const SENT_INTO_OUTAGE = 12;
const OUTAGE_SECONDS = 25;
const TRICKLE_MS = SECOND;
/** One message in so many has an event beside it. */
const EVENT_EVERY = 3;
/** One message in so many meets an outage that begins with it. */
const OUTAGE_EVERY = 120;

export interface DemoDependencies {
  readonly api: DemoApi;
  readonly target: DemoTarget;
  readonly now: () => number;
  /** Resolves early when the demo is to end. */
  readonly pause: (ms: number) => Promise<void>;
  readonly isOver: () => boolean;
  readonly say: (line: string) => void;
}

/** Everything that can happen to a message or an event happens to some; resolves when it has been set going. */
export async function burst({ api, target, now, say }: DemoDependencies): Promise<void> {
  say(`Sending ${BURST} messages …`);
  // Numbered from the time: a second demo must not meet the idempotency keys of the first.
  const first = Math.floor(now() / SECOND) % 1_000_000;
  const messages = Array.from({ length: BURST }, (_, i) => demoMessage(first + i, target, now()));
  const sent: Array<{ readonly message: DemoMessage; readonly id: string | undefined }> = [];
  for (let i = 0; i < BURST; i += BATCH) {
    const batch = messages.slice(i, i + BATCH);
    const ids = await api.send(batch);
    sent.push(...batch.map((message, j) => ({ message, id: ids[j] })));
  }
  say("Sending the bookings of two accounts in order, while their ledger is down …");
  await api.send(demoLanes(first, target));
  say(`Registering endpoints, and sending ${EVENTS} events to them …`);
  for (const endpoint of demoEndpoints(target)) await api.register(endpoint);
  for (let i = 0; i < EVENTS; i += 1) await api.sendEvent(demoEvent(first + i));

  const scheduled = sent.flatMap(({ message, id }) => (message.deliverAt !== undefined && id ? [id] : []));
  for (const id of scheduled.slice(0, CANCELLED)) await api.cancel(id);
  for (const id of (await api.failed()).slice(0, RETRIED)) await api.retry(id);

  if (await api.cutQueue(OUTAGE_SECONDS))
    say(
      `The queue is cut off for ${OUTAGE_SECONDS} s: what is sent now is rolled back, and sent again by itself.`,
    );
  const late = Array.from({ length: SENT_INTO_OUTAGE }, (_, i) =>
    demoMessage(first + BURST + i, target, now()),
  );
  await api.send(late);
}

/** A message a second, and an event now and then, until the demo is over. */
export async function trickle({ api, target, now, pause, isOver, say }: DemoDependencies): Promise<void> {
  for (let n = 1; !isOver(); n += 1) {
    if (n % OUTAGE_EVERY === 0 && (await api.cutQueue(OUTAGE_SECONDS)))
      say(`The queue is cut off for ${OUTAGE_SECONDS} s.`);
    await api.send([demoMessage(Math.floor(now() / SECOND), target, now())]);
    if (n % EVENT_EVERY === 0) await api.sendEvent(demoEvent(Math.floor(now() / SECOND)));
    await pause(TRICKLE_MS);
  }
}
