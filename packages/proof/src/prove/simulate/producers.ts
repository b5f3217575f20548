/** Producers: they post messages, and post again as the answer (or its absence) tells them to. */
import { type AcceptRequest, acceptAll } from "@homing/core/accept/accept";
import { SECOND } from "@homing/core/duration";
import { HomingError } from "@homing/core/error";
import { START_AT } from "./fixed-times.ts";
import type { Post } from "./post.ts";
import { letter, type ScheduledMessage } from "./schedule.ts";
import type { Simulation } from "./simulation.ts";

/** API Gateway's limit: a caller has given up by then. */
export const CALLER_TIMEOUT_MS = 30 * SECOND;
export const BETWEEN_CALLS_MS = SECOND;

export const SENDER = "acme";
const SENDERS = [SENDER, "globex", "initech"];

/** Batches hold messages of several senders: neighbours have different ones. */
export function senderOf(message: number): string {
  return SENDERS[message % SENDERS.length] ?? SENDER;
}

/** One message as one call posts it. */
interface Intent {
  readonly message: number;
  readonly scheduled: ScheduledMessage;
  readonly post: Post;
}

export function startProducers(simulation: Simulation): void {
  const { setup, messages } = simulation.schedule;
  const intents = messages.map((scheduled, message) =>
    scheduled.posts.map((post) => ({ message, scheduled, post })),
  );
  if (setup.batched) {
    const firsts = intents.flatMap(([first]) => (first ? [first] : []));
    const [first] = firsts;
    if (first) simulation.when(first.post.when, () => call(simulation, firsts, first.post.repeats));
  }
  for (const intent of intents.flatMap((all) => (setup.batched ? all.slice(1) : all))) {
    simulation.when(intent.post.when, () => call(simulation, [intent], intent.post.repeats));
  }
}

/** One call, and its repetitions by the caller. */
function call(simulation: Simulation, intents: readonly Intent[], repeats: number): void {
  const { scheduler, ledger } = simulation;
  let answered = false;
  const again = (left: readonly Intent[]): void => {
    if (answered) return;
    answered = true;
    if (repeats > 0 && left.length > 0) {
      scheduler.after(BETWEEN_CALLS_MS, () => call(simulation, left, repeats - 1));
    }
  };
  // Without an answer only a call with an idempotency key may be repeated.
  const mayRepeatUnheard = intents.filter(({ scheduled }) => scheduled.idempotent);
  simulation.spawn(
    "producer",
    async (process) => {
      const correlationId = process.name.replace(" ", "-");
      const requests = intents.map((intent) => toRequest(intent, correlationId));
      requests.forEach((request, index) => {
        ledger.expect(request.correlationId, intents[index]?.message ?? 0, request.input.payload.body ?? "");
      });
      const results = await acceptAll(simulation.dependencies(process), requests);
      const left: Intent[] = [];
      results.forEach((result, index) => {
        const intent = intents[index];
        const request = requests[index];
        if (!intent || !request) return;
        ledger.answers.push({
          at: scheduler.now,
          kind: "post",
          process: process.name,
          message: intent.message,
          correlationId: request.correlationId,
          idempotent: intent.scheduled.idempotent,
          result,
        });
        process.tell(`is told about ${letter(intent.message)}: ${describe(result)}`);
        if (result instanceof HomingError && result.retryable) left.push(intent);
      });
      again(left);
    },
    () => again(mayRepeatUnheard),
  );
  scheduler.after(CALLER_TIMEOUT_MS, () => again(mayRepeatUnheard));
}

function toRequest({ message, scheduled, post }: Intent, process: string): AcceptRequest {
  const { deliverAfterMs, deliverWithinMs, idempotent, lane, blocks } = scheduled;
  const name = letter(message);
  return {
    correlationId: `${process}-${name}`,
    input: {
      // Those of one lane have one sender.
      senderId: senderOf(lane ?? message),
      ...(lane === undefined ? {} : { orderingKey: `lane-${lane}` }),
      ...(lane !== undefined && blocks ? { afterFailure: "block" as const } : {}),
      payload: {
        targetUrl: `https://target.example/${name}`,
        method: "POST",
        headers: {},
        body: bodyOf(name, post, process),
      },
      ...(deliverAfterMs === undefined ? {} : { deliverAt: START_AT + deliverAfterMs }),
      ...(deliverWithinMs === undefined
        ? {}
        : { deliverBy: START_AT + (deliverAfterMs ?? 0) + deliverWithinMs }),
      ...(idempotent ? { idempotencyKey: `key-${name}` } : {}),
    },
  };
}

/** Calls that mean the same write it differently: the order of names depends on the number of the call. */
function bodyOf(message: string, { conflicting }: Post, process: string): string {
  const variant = conflicting ? "other" : "first";
  const isEven = Number(/\d+$/.exec(process)?.[0] ?? 0) % 2 === 0;
  return JSON.stringify(isEven ? { message, variant } : { variant, message });
}

function describe(result: HomingError | { message: { status: string }; duplicate: boolean }): string {
  if (!(result instanceof HomingError))
    return `${result.duplicate ? "duplicate, " : ""}${result.message.status}`;
  return `${result.code}${result.stored ? `, stored ${result.stored.messageStatus}` : ""}${result.retryable ? ", may repeat" : ""}`;
}
