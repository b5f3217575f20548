import { pushEvent } from "../event/push-event.ts";
import { isDelivery } from "../message/message.ts";
import { type EnqueueEntry, type EnqueueResult, enqueueAll } from "../send/enqueue.ts";
import { type Due, type DueEvent, type DueMessage, dueOf, needsQueue, type Subject } from "./due.ts";
import { heldAction } from "./held-action.ts";
import { partition } from "./partition.ts";
import { prepare } from "./prepare.ts";
import { count, giveUp, guarded, type Run } from "./run.ts";

/** Messages of one page are pushed this many at a time: one batch of the queue. */
export const CHUNK = 10;

/**
 * An outage is probed, not hammered: until one message of the run got through, those that need the queue go one
 * at a time, and all others wait for what becomes of it.
 */
export async function pushChunk(run: Run, subjects: readonly Subject[]): Promise<void> {
  const now = run.deps.clock.now();
  await pushDue(
    run,
    await lookAtEndpoints(
      run,
      subjects.flatMap((subject) => dueOf(subject, now) ?? []),
    ),
  );
}

export async function pushDue(run: Run, due: readonly Due[]): Promise<void> {
  run.examined += due.length;
  await pushAll(
    run,
    due.filter((one) => !needsQueue(one)),
  );
  let [next, ...rest] = due.filter(needsQueue);
  while (next && !run.probe.failed) {
    const first = next;
    if (run.probe.passed) return pushAll(run, [first, ...rest]);
    if (await run.probe.alone(() => pushAll(run, [first]))) [next, ...rest] = rest;
  }
}

/** Held ones that are due: what their endpoints ask for now. */
async function lookAtEndpoints(run: Run, due: readonly Due[]): Promise<readonly Due[]> {
  const looked = await Promise.all(
    due.map((one) => {
      if ("event" in one || one.action.kind !== "lookAtEndpoint") return one;
      const { message } = one;
      return guarded(run, message, async () => {
        const endpoint = isDelivery(message) ? await run.deps.endpointReader.read(message) : undefined;
        return { message, action: heldAction(message, endpoint, run.deps.clock.now()) };
      });
    }),
  );
  return looked.filter((one) => one !== undefined);
}

/** Sends one, alone while nothing has got through yet; not at all if anything has failed. */
export async function sendProbed(run: Run, entry: EnqueueEntry): Promise<void> {
  const send = () => sendAll(run, [entry]);
  while (!run.probe.failed) {
    if (run.probe.passed) return send();
    if (await run.probe.alone(send)) return;
  }
}

async function pushAll(run: Run, due: readonly Due[]): Promise<void> {
  const [events, messages] = partition(due, (one) => "event" in one) as [DueEvent[], DueMessage[]];
  await Promise.all([pushMessages(run, messages), ...events.map((one) => pushDueEvent(run, one))]);
}

async function pushMessages(run: Run, due: readonly DueMessage[]): Promise<void> {
  const prepared = await Promise.all(
    due.map(({ message, action }) => guarded(run, message, () => prepare(run, message, action))),
  );
  await sendAll(
    run,
    prepared.filter((entry): entry is EnqueueEntry => entry !== undefined),
  );
}

async function sendAll(run: Run, entries: readonly EnqueueEntry[]): Promise<void> {
  const results = await enqueueAll(run.deps, entries);
  await Promise.all(
    entries.map(({ message }, index) => guarded(run, message, async () => settle(run, results[index]))),
  );
}

async function pushDueEvent(run: Run, { event, action }: DueEvent): Promise<void> {
  const { deps, correlationId } = run;
  const pushed = await guarded(run, event, () =>
    pushEvent(deps, event, action, { correlationId, by: "reconciler" }),
  );
  if (pushed === undefined) return;
  count(run, "EVENT_PENDING");
  if (pushed.slicesSent === true) run.probe.pass();
  if (pushed.slicesSent === false) run.probe.fail();
  await Promise.all(pushed.results.map((result) => guarded(run, event, async () => settle(run, result))));
}

async function settle(run: Run, result: EnqueueResult | undefined): Promise<void> {
  switch (result?.outcome) {
    case "queued":
      run.enqueued += 1;
      run.probe.pass();
      return;
    case "failed":
      // The queue refused this message's own contents: no outage, and no try will ever succeed.
      if (result.error.blames === "copy" && result.rolledBack) {
        run.probe.pass();
        return giveUp(run, result.message, "SEND_REJECTED");
      }
      if (result.error.blames === "unknown" && result.rolledBack)
        return run.probe.doubt(result.message.senderId);
      return run.probe.fail();
    case "unmarked":
      throw result.error;
  }
}
