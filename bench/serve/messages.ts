import { messageOf } from "../lambda/events.ts";
import type { Arrivals } from "../stack/arrivals.ts";
import { closedLoop } from "../stack/closed-loop.ts";
import type { Homing } from "../stack/homing.ts";

export interface Run {
  readonly perSecond: number;
  readonly cpuMs: number;
  readonly endToEndMs: readonly number[];
}

const KIB = 1_024;
let names = 0;

/** One message with a key, from the call to its arrival. */
export async function sendOne(homing: Homing, arrivals: Arrivals, over: object = {}): Promise<number> {
  const name = `message-${++names}`;
  const arrival = arrivals.of(name);
  const startedAt = performance.now();
  const message = { ...messageOf(KIB, `${arrivals.url}/${name}`), ...over };
  await homing.call("POST", "/v1/messages", 202, message, name);
  await arrival;
  return performance.now() - startedAt;
}

/** So many messages, so many of them in flight at a time; CPU time is the server's, for each. */
export async function sendMany(
  homing: Homing,
  arrivals: Arrivals,
  inFlight: number,
  total: number,
): Promise<Run> {
  const endToEndMs: number[] = [];
  const before = homing.usage().cpuMs;
  const seconds = await closedLoop(inFlight, total, async () => {
    endToEndMs.push(await sendOne(homing, arrivals));
  });
  return { perSecond: total / seconds, cpuMs: (homing.usage().cpuMs - before) / total, endToEndMs };
}
