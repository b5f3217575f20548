/** Whoever owns the endpoints: creates and changes them, and asks again when the answer is an error, or none. */
import type { Endpoint } from "@homing/core/endpoint/endpoint";
import {
  changeState,
  configureEndpoint,
  createEndpoint,
  deleteEndpoint,
  type ManageDependencies,
  rotateSecret,
} from "@homing/core/endpoint/manage";
import { HomingError } from "@homing/core/error";
import { acceptEvents } from "@homing/core/event/accept-event";
import { MAX_BULK_LIMIT } from "@homing/core/operate/bulk";
import { replayMissing, replayUndelivered } from "@homing/core/operate/replay";
import {
  configurationNumber,
  configurationOf,
  endpointIdIn,
  endpointKey,
  senderOfEndpoint,
  standingEndpoint,
} from "./endpoints.ts";
import { type Change, EVENT_TYPES, ROTATION_GRACE_MS } from "./fan-out.ts";
import { SIGNING_MASTER, START_AT } from "./fixed-times.ts";
import { BETWEEN_CALLS_MS, CALLER_TIMEOUT_MS } from "./producers.ts";
import { fanOutOf } from "./schedule.ts";
import type { Simulation } from "./simulation.ts";

const REPEATS = 2;

/** Puts the endpoints there that are there from the beginning, and lets the others come and all of them change. */
export async function startAdministrator(simulation: Simulation): Promise<void> {
  const { endpoints, changes } = fanOutOf(simulation.schedule);
  for (const [endpoint, { created }] of endpoints.entries()) {
    if (created === undefined) await putStanding(simulation, endpoint);
    else simulation.when(created, () => administer(simulation, (deps) => create(simulation, deps, endpoint)));
  }
  for (const { kind, ...change } of changes) {
    if (kind === "tryOut") simulation.when(change.when, () => tryOut(simulation, change.endpoint));
    else if (kind === "replay" || kind === "sendUndelivered")
      simulation.when(change.when, () => replay(simulation, kind, change.endpoint));
    else
      simulation.when(change.when, () =>
        administer(simulation, (deps) => apply(simulation, deps, { kind, ...change })),
      );
  }
}

async function putStanding({ schedule, backend, ledger }: Simulation, endpoint: number): Promise<void> {
  const standing = standingEndpoint(schedule, endpoint);
  await backend.endpoints.insert(standing);
  await backend.endpoints.raise(standing.senderId);
  ledger.fanOut.observeEndpoint(START_AT, standing);
  ledger.fanOut.answeredEndpoint(START_AT, standing);
}

type Call = (deps: ManageDependencies) => Promise<Endpoint | undefined>;

function administer(simulation: Simulation, call: Call, repeats = REPEATS): void {
  const { scheduler, ledger } = simulation;
  let answered = false;
  const again = (): void => {
    if (answered) return;
    answered = true;
    if (repeats > 0) scheduler.after(BETWEEN_CALLS_MS, () => administer(simulation, call, repeats - 1));
  };
  simulation.spawn(
    "operator",
    async (process) => {
      const deps = { ...simulation.dependencies(process), signingMaster: SIGNING_MASTER };
      try {
        const endpoint = await call(deps);
        answered = true;
        if (!endpoint) return;
        ledger.fanOut.answeredEndpoint(scheduler.now, endpoint);
        process.tell(`is told that ${endpoint.url} is ${endpoint.state}`);
      } catch (error) {
        // What was refused is no outage: asking again would change nothing.
        if (error instanceof HomingError && !error.retryable) answered = true;
        throw error;
      }
    },
    again,
  );
  scheduler.after(CALLER_TIMEOUT_MS, again);
}

/** An event that goes to this endpoint whatever its state is, asked for once. */
function tryOut(simulation: Simulation, endpoint: number): void {
  const { schedule, ledger, scheduler } = simulation;
  simulation.spawn("operator", async (process) => {
    const deps = simulation.dependencies(process);
    const trial = await deps.endpoints.find(endpointIdIn(schedule, endpoint));
    if (trial === undefined || trial.state === "DELETED") return;
    const correlationId = process.name.replace(" ", "-");
    const payload = { headers: {}, body: "{}" };
    ledger.expect(correlationId, 0, payload.body);
    ledger.fanOut.began(process.name, scheduler.now);
    const { senderId, endpointId } = trial;
    const input = { senderId, eventType: EVENT_TYPES[0], endpointId, payload };
    await acceptEvents(deps, [{ input, correlationId, trial }]);
  });
}

/** What an endpoint has missed is brought to it, or what it has not got is sent at once. */
function replay(simulation: Simulation, kind: "replay" | "sendUndelivered", endpoint: number): void {
  const { schedule, ledger, scheduler } = simulation;
  simulation.spawn("operator", async (process) => {
    const deps = simulation.dependencies(process);
    ledger.fanOut.began(process.name, scheduler.now);
    const read = await deps.endpoints.find(endpointIdIn(schedule, endpoint));
    if (read === undefined || read.state === "DELETED") return;
    const run = { limit: MAX_BULK_LIMIT, correlationId: process.name.replace(" ", "-") };
    const filter = { since: START_AT };
    if (kind === "sendUndelivered") {
      ledger.fanOut.sendersOfUndelivered.add(process.name);
      const { done, skipped } = await replayUndelivered(deps, read, filter, run);
      process.tell(`sent ${done} messages at once, skipped ${skipped}`);
      return;
    }
    ledger.fanOut.replays.set(process.name, read.endpointId);
    const { done, skipped } = await replayMissing(deps, read, filter, run);
    process.tell(`replayed ${done} events, skipped ${skipped}`);
  });
}

async function create(
  { schedule }: Simulation,
  deps: ManageDependencies,
  endpoint: number,
): Promise<Endpoint> {
  const scheduled = fanOutOf(schedule).endpoints[endpoint];
  const created = await createEndpoint(deps, {
    senderId: senderOfEndpoint(scheduled ?? { foreign: false }),
    configuration: configurationOf(schedule, endpoint, 1),
    state: "ACTIVE",
    idempotencyKey: endpointKey(endpoint),
  });
  return created.endpoint;
}

async function apply(
  { schedule }: Simulation,
  deps: ManageDependencies,
  {
    kind,
    endpoint,
  }: Omit<Change, "kind"> & {
    readonly kind: Exclude<Change["kind"], "tryOut" | "replay" | "sendUndelivered">;
  },
): Promise<Endpoint | undefined> {
  // As the API does: it reads the endpoint, then changes it.
  const read = await deps.endpoints.find(endpointIdIn(schedule, endpoint));
  if (read === undefined || read.state === "DELETED") return undefined;
  switch (kind) {
    case "configure":
      return configureEndpoint(deps, read, ({ url }) =>
        configurationOf(schedule, endpoint, configurationNumber(url) + 1),
      );
    case "delete":
      return deleteEndpoint(deps, read);
    case "rotate":
      return rotateSecret(deps, read, { graceMs: ROTATION_GRACE_MS });
    default:
      return changeState(deps, read, kind);
  }
}
