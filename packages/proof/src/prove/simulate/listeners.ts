/** Listeners: whoever takes what a PAUSED endpoint holds, makes the requests in the worker's place, and tells what came of them. */
import { elapsedMs, type Moment, momentOf } from "@homing/core/clock";
import type { WorkerDependencies } from "@homing/core/delivery/handle-record";
import type { Endpoint } from "@homing/core/endpoint/endpoint";
import { HomingError } from "@homing/core/error";
import { answerTaken } from "@homing/core/listen/answer-taken";
import { type Taken, takeHeld } from "@homing/core/listen/take-held";
import { endpointIdIn, senderOfEndpoint } from "./endpoints.ts";
import type { ScheduledListener } from "./fan-out.ts";
import type { Process } from "./process.ts";
import { fanOutOf } from "./schedule.ts";
import type { Simulation } from "./simulation.ts";

const BETWEEN_LOOKS_MS = 1_000;
const LIMIT = 10;
/** A request begins so soon after the call that took it, or not at all. */
const BEGUN_WITHIN_MS = 15_000;
const RESERVE_MS = 1_000;
const ANSWER_TRIES = 3;

export function startListeners(simulation: Simulation): void {
  for (const listener of fanOutOf(simulation.schedule).listeners ?? [])
    simulation.when(listener.when, () => look(simulation, listener, listener.looks));
}

/** Each look is a process of its own: who listens is started again when it has died. */
function look(simulation: Simulation, listener: ScheduledListener, looks: number): void {
  if (looks === 0) return;
  simulation.scheduler.after(BETWEEN_LOOKS_MS, () => look(simulation, listener, looks - 1));
  simulation.spawn("listener", async (process) => {
    const deps = simulation.fleet.listening(process);
    const since = momentOf(process.clock);
    const { schedule } = simulation;
    const { foreign = false } = fanOutOf(schedule).endpoints[listener.endpoint] ?? {};
    const endpointId = endpointIdIn(schedule, listener.endpoint);
    const endpoint = await deps.endpoints.get(senderOfEndpoint({ foreign }), endpointId);
    if (endpoint?.state !== "PAUSED") return;
    const taken = await takeHeld(deps, endpoint, {
      limit: LIMIT,
      correlationId: idOf(process),
      readAt: since.now,
    });
    await Promise.all(taken.map((one) => deliver(deps, process, endpoint, since, one)));
  });
}

async function deliver(
  deps: WorkerDependencies,
  process: Process,
  endpoint: Endpoint,
  since: Moment,
  { message: { messageId }, claimId, request }: Taken,
): Promise<void> {
  const { deliveryTimeoutMs, leaseMs } = deps.settings;
  const beginsWithinMs = Math.min(BEGUN_WITHIN_MS, leaseMs - deliveryTimeoutMs - RESERVE_MS);
  if (elapsedMs(process.clock, since) > beginsWithinMs) return;
  const result = await deps.http.request(request, { timeoutMs: deliveryTimeoutMs, keepBytes: 0 });
  const answer = { messageId, claimId, result: () => result, correlationId: idOf(process) };
  for (let tries = ANSWER_TRIES; tries > 0; tries -= 1) {
    try {
      await answerTaken(deps, endpoint, answer);
      return;
    } catch (error) {
      if (error instanceof HomingError) return;
    }
  }
}

function idOf({ name }: Process): string {
  return name.replace(" ", "-");
}
