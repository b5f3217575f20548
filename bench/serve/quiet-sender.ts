import { setTimeout as wait } from "node:timers/promises";
import { messageOf } from "../lambda/events.ts";
import { quantile } from "../measure.ts";
import { type Arrivals, startArrivals } from "../stack/arrivals.ts";
import { closedLoop } from "../stack/closed-loop.ts";
import type { Homing } from "../stack/homing.ts";
import { sendMany, sendOne } from "./messages.ts";

const PROBES = 200;
const BETWEEN_PROBES_MS = 20;
const BATCH = 100;
const BATCHES = 100;
/** Until every hand that the slow target may have is taken. */
const TAKEN_MS = 2_000;

/** The 99th percentile from call to arrival, in milliseconds, of a sender alone, and beside another's backlog to a target that answers after `delayMs`. */
export async function quietSender(homing: Homing, arrivals: Arrivals, delayMs: number) {
  const slow = await startArrivals(() => undefined, delayMs);
  const quiet = async () => {
    const ms: number[] = [];
    for (let sent = 0; sent < PROBES; sent += 1) {
      ms.push(await sendOne(homing, arrivals, { senderId: "quiet" }));
      await wait(BETWEEN_PROBES_MS);
    }
    return quantile(ms, 0.99);
  };
  try {
    await sendMany(homing, arrivals, 16, 1_000);
    const alone = await quiet();
    const noisy = (index: number) => ({ ...messageOf(1_024, `${slow.url}/${index}`), senderId: "noisy" });
    await closedLoop(2, BATCHES, async (call) => {
      const messages = Array.from({ length: BATCH }, (_, index) => noisy(BATCH * call + index));
      await homing.call("POST", "/v1/messages/batch", 207, { messages });
    });
    await wait(TAKEN_MS);
    return { alone, beside: await quiet() };
  } finally {
    await slow.close();
  }
}
