import { describe, expect, it } from "vitest";
import { type Acceptance, acceptAll } from "../accept/accept.ts";
import { HOUR, MINUTE, SECOND } from "../duration.ts";
import { HomingError } from "../error.ts";
import { isFinished, type Message } from "../message/message.ts";
import { reconcile } from "../reconcile/reconcile.ts";
import { refusal } from "../testing/faulty-queue.ts";
import type { StoreCall, StoreFault } from "../testing/faulty-store.ts";
import { answered, buildInput, TestSystem } from "../testing/test-system.ts";

const MARK = ["works", "is refused", "loses its answer"] as const;
const SEND = ["works", "fails", "fails although taken", "is denied"] as const;
const ROLLBACK = ["works", "cannot be written", "loses its answer"] as const;
const CLAIM = ["works", "is refused", "loses its answer"] as const;
const OUTCOME = ["works", "cannot be written", "loses its answer"] as const;
const DELETE = ["works", "is lost"] as const;
const PRODUCER = ["waits", "repeats its call"] as const;

interface Failures {
  readonly mark: (typeof MARK)[number];
  readonly send: (typeof SEND)[number];
  readonly rollback: (typeof ROLLBACK)[number];
  readonly claim: (typeof CLAIM)[number];
  readonly outcome: (typeof OUTCOME)[number];
  readonly delete: (typeof DELETE)[number];
  readonly producer: (typeof PRODUCER)[number];
}

const product = <T, U>(list: readonly T[], more: readonly U[]) =>
  list.flatMap((a) => more.map((b) => [a, b] as const));

const FAULTS: Readonly<Record<string, readonly StoreFault[]>> = {
  works: [],
  "is refused": ["before"],
  // All four tries.
  "cannot be written": ["before", "before", "before", "before"],
  "loses its answer": ["after"],
};

/** What must hold of a message at every moment; answers what does not. */
function brokenInvariants(message: Message): string[] {
  const { history, historyOmitted, revision, status, dueAt, expiresAt, updatedAt } = message;
  const invariants = {
    "unfinished, and only then, it has a dueAt": (dueAt !== undefined) === !isFinished(status),
    "finished, and only then, it expires": (expiresAt !== undefined) === isFinished(status),
    "each transition counts one revision": revision === history.length + historyOmitted,
    "each transition starts where the one before it ended": history.every(
      ({ from }, index) => from === (history[index - 1]?.to ?? null),
    ),
    "the last transition led to its status": history.at(-1)?.to === status,
    "something will happen to it": (dueAt ?? 0) - updatedAt <= 6 * HOUR,
  };
  return Object.entries(invariants).flatMap(([name, holds]) => (holds ? [] : [name]));
}

/** One message through one set of failures, each of which happens to the first who meets it. */
async function live(failures: Failures): Promise<void> {
  const system = new TestSystem({ queueDeadlineMs: MINUTE });
  const planned = new Map<StoreCall, StoreFault[]>([
    ["apply enqueue", [...(FAULTS[failures.mark] ?? [])]],
    ["apply rollback", [...(FAULTS[failures.rollback] ?? [])]],
    ["apply claim", [...(FAULTS[failures.claim] ?? [])]],
    ["apply complete", [...(FAULTS[failures.outcome] ?? [])]],
  ]);
  system.faults = (call) => planned.get(call)?.shift();
  const tries = { works: 0, fails: 4, "fails although taken": 4, "is denied": 1 }[failures.send];
  system.queue.answer = (_copy, call) => {
    if (call > tries) return undefined;
    if (failures.send === "is denied") return refusal("QUEUE_DENIED");
    return refusal("QUEUE_UNAVAILABLE", failures.send === "fails although taken" && call === 1);
  };
  const input = buildInput({ idempotencyKey: "order 42" });
  const numbers: number[] = [];
  const { messageId } = await storedBy(system, input, failures);
  system.target.respond = async () => {
    numbers.push((await system.read(messageId)).attempt);
    return answered(200);
  };

  let deletesToLose = failures.delete === "is lost" ? 1 : 0;
  const isOver = async () => {
    const { visible, inFlight, delayed } = await system.queue.depth();
    return visible + inFlight + delayed === 0 && isFinished((await system.read(messageId)).status);
  };
  for (let round = 0; round < 40 && !(await isOver()); round += 1) {
    for (const record of system.memoryQueue.receive(10)) {
      const keep = deletesToLose > 0;
      const result = await system.deliver(keep ? { ...record, receipt: "a receipt that is lost" } : record);
      if (keep && result === "done") deletesToLose -= 1;
    }
    expect(brokenInvariants(await system.read(messageId))).toEqual([]);
    await reconcile(system.deps, "run");
    expect(brokenInvariants(await system.read(messageId))).toEqual([]);
    system.clock.advance(30 * SECOND);
  }

  expect(await system.read(messageId)).toMatchObject({ status: "COMPLETED" });
  // Only a request whose outcome was never written is made again, and under a number of its own.
  expect(numbers).toHaveLength(failures.outcome === "cannot be written" ? 2 : 1);
  expect(new Set(numbers).size).toBe(numbers.length);
  expect(await system.queue.depth()).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
  expect(await system.queue.deadLetters()).toBe(0);
}

/** The producer's side: one call, or calls until one is accepted. An answer states what is true. */
async function storedBy(
  system: TestSystem,
  input: ReturnType<typeof buildInput>,
  { producer, mark }: Failures,
): Promise<Message> {
  const call = async (): Promise<Acceptance | HomingError | undefined> => {
    const [answer] = await acceptAll(system.deps, [{ input, correlationId: "call-1" }]);
    const messageId = answer instanceof HomingError ? answer.stored?.messageId : answer?.message.messageId;
    const status = answer instanceof HomingError ? answer.stored?.messageStatus : answer?.message.status;
    const { status: actual } = await system.read(messageId ?? "");
    // Of a write whose answer was lost nobody knows: then the answer states what was read before it.
    if (mark !== "loses its answer") expect(status).toBe(actual);
    return answer;
  };
  let answer = await call();
  for (let i = 0; i < 3 && producer === "repeats its call" && answer instanceof HomingError; i += 1)
    answer = await call();
  const [row] = await system.store.list({ groups: [], senderId: "acme", limit: 2 });
  return system.read(row?.messageId ?? "");
}

/** A worker that fails at its claim meets the lost deletion of its copy in another life. */
const WORKERS = product(CLAIM, DELETE).filter(
  ([claim, deletion]) => claim === "works" || deletion === "works",
);

/** A send that works is never rolled back. */
const SENDS = product(SEND, ROLLBACK).filter(([send, rollback]) => send !== "works" || rollback === "works");

describe("consistency across every failure", () => {
  it.each(SENDS)("of a send that %s and a rollback that %s", async (send, rollback) => {
    for (const [mark, producer] of product(MARK, PRODUCER)) {
      for (const [outcome, [claim, deletion]] of product(OUTCOME, WORKERS)) {
        const failures = { mark, send, rollback, claim, outcome, delete: deletion, producer };
        await live(failures).catch((error: unknown) => {
          throw new Error(`With ${JSON.stringify(failures)}`, { cause: error });
        });
      }
    }
  });
});
