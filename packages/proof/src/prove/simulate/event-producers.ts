/** Producers of events, in environments that remember endpoints from one call to the next. */
import { HomingError } from "@homing/core/error";
import { type AcceptEventRequest, acceptEvents, type EventAcceptance } from "@homing/core/event/accept-event";
import { eventIdForKey } from "@homing/core/event/event-id";
import type { EndpointMemory } from "./endpoint-memory.ts";
import { EVENT_SENDER, endpointIdIn } from "./endpoints.ts";
import type { ScheduledEvent } from "./fan-out.ts";
import { START_AT } from "./fixed-times.ts";
import type { Post } from "./post.ts";
import type { Process } from "./process.ts";
import type { ProcessClock } from "./process-clock.ts";
import { BETWEEN_CALLS_MS, CALLER_TIMEOUT_MS } from "./producers.ts";
import { fanOutOf, letter } from "./schedule.ts";
import type { Simulation } from "./simulation.ts";

/** Longer than what a copy carries. */
const LARGE_TEXT = "x".repeat(70_000);

/** One event as one call posts it. */
interface Intent {
  /** Counted after the messages. */
  readonly number: number;
  readonly scheduled: ScheduledEvent;
  readonly post: Post;
}

/** What outlives the calls that one function answers. */
interface Environment {
  readonly clock: ProcessClock;
  readonly endpoints: EndpointMemory;
}

export function startEventProducers(simulation: Simulation): void {
  const { setup, messages } = simulation.schedule;
  const idle: Environment[] = [];
  const intents = fanOutOf(simulation.schedule).events.map((scheduled, index) =>
    scheduled.posts.map((post) => ({ number: messages.length + index, scheduled, post })),
  );
  if (setup.batched) {
    const firsts = intents.flatMap(([first]) => (first ? [first] : []));
    const [first] = firsts;
    if (first) simulation.when(first.post.when, () => call(simulation, idle, firsts, first.post.repeats));
  }
  for (const intent of intents.flatMap((all) => (setup.batched ? all.slice(1) : all))) {
    simulation.when(intent.post.when, () => call(simulation, idle, [intent], intent.post.repeats));
  }
}

/** One call, and its repetitions by the caller. */
function call(
  simulation: Simulation,
  idle: Environment[],
  intents: readonly Intent[],
  repeats: number,
): void {
  const { scheduler } = simulation;
  let answered = false;
  const again = (left: readonly Intent[]): void => {
    if (answered) return;
    answered = true;
    if (repeats > 0 && left.length > 0)
      scheduler.after(BETWEEN_CALLS_MS, () => call(simulation, idle, left, repeats - 1));
  };
  // Without an answer only a call with an idempotency key may be repeated.
  const mayRepeatUnheard = intents.filter(({ scheduled }) => scheduled.idempotent);
  const environment = idle.pop() ?? newEnvironment(simulation);
  if (environment.clock.isFrozen) environment.clock.thaw();
  simulation.spawn(
    "producer",
    async (process) => again(await post(simulation, process, environment, intents)),
    (end) => {
      if (end === "ended") {
        if (simulation.schedule.setup.freezes) environment.clock.freeze();
        idle.push(environment);
      }
      again(mayRepeatUnheard);
    },
    environment.clock,
  );
  scheduler.after(CALLER_TIMEOUT_MS, () => again(mayRepeatUnheard));
}

function newEnvironment(simulation: Simulation): Environment {
  const clock = simulation.newClock();
  return { clock, endpoints: simulation.newEndpointMemory(clock) };
}

/** Answers which of them the caller is told to repeat. */
async function post(
  simulation: Simulation,
  process: Process,
  { endpoints }: Environment,
  intents: readonly Intent[],
): Promise<Intent[]> {
  const { scheduler, ledger } = simulation;
  const requests = intents.map((intent) => toRequest(simulation, intent, process.name.replace(" ", "-")));
  for (const [index, { correlationId, input }] of requests.entries()) {
    const number = intents[index]?.number ?? 0;
    ledger.expect(correlationId, number, input.payload.body);
    if (input.idempotencyKey !== undefined)
      ledger.learn(eventIdForKey(input.senderId, input.idempotencyKey), correlationId);
  }
  ledger.fanOut.began(process.name, scheduler.now);
  const results = await acceptEvents(simulation.dependencies(process, [], endpoints), requests);
  return intents.filter((intent, index) => {
    const result = results[index];
    const { correlationId = "" } = requests[index] ?? {};
    if (!result) throw new Error("every request is answered");
    const { number, scheduled } = intent;
    const { idempotent } = scheduled;
    ledger.fanOut.answers.push({ at: scheduler.now, number, correlationId, idempotent, result });
    process.tell(`is told about ${letter(number)}: ${describe(result)}`);
    return result instanceof HomingError && result.retryable;
  });
}

function toRequest(
  { schedule }: Simulation,
  { number, scheduled, post }: Intent,
  process: string,
): AcceptEventRequest {
  const { eventType, channels, endpoint, deliverWithinMs, idempotent } = scheduled;
  const name = letter(number);
  return {
    correlationId: `${process}-${name}`,
    input: {
      senderId: EVENT_SENDER,
      eventType,
      ...(channels ? { channels } : {}),
      ...(endpoint === undefined ? {} : { endpointId: endpointIdIn(schedule, endpoint) }),
      payload: { headers: {}, body: bodyOf(name, scheduled, post, process) },
      ...(deliverWithinMs === undefined ? {} : { deliverBy: START_AT + deliverWithinMs }),
      ...(idempotent ? { idempotencyKey: `key-${name}` } : {}),
    },
  };
}

/** Calls that mean the same write it differently: the order of names depends on the number of the call. */
function bodyOf(event: string, { large }: ScheduledEvent, { conflicting }: Post, process: string): string {
  const variant = conflicting ? "other" : "first";
  const text = large ? LARGE_TEXT : "";
  const isEven = Number(/\d+$/.exec(process)?.[0] ?? 0) % 2 === 0;
  return JSON.stringify(isEven ? { event, variant, text } : { text, variant, event });
}

function describe(result: HomingError | EventAcceptance): string {
  if (!(result instanceof HomingError)) {
    const { event, duplicate, messages } = result;
    return `${duplicate ? "duplicate, " : ""}${event.status}, ${messages.map(({ status }) => status).join(" ")}`;
  }
  return `${result.code}${result.stored ? ", stored" : ""}${result.retryable ? ", may repeat" : ""}`;
}
