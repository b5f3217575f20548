import { endLease } from "../delivery/end-lease.ts";
import { readContents } from "../delivery/read-contents.ts";
import type { KnownEndpoint } from "../endpoint/known-endpoint.ts";
import { nudgeBehind } from "../lane/advance.ts";
import * as Claims from "../message/claims.ts";
import * as DeliveryLifecycle from "../message/delivery-lifecycle.ts";
import * as Lifecycle from "../message/lifecycle.ts";
import { isDelivery, type Message } from "../message/message.ts";
import type { Occasion } from "../message/step.ts";
import type { EnqueueEntry } from "../send/enqueue.ts";
import type { DueMessage } from "./due.ts";
import { count, giveUp, type Run } from "./run.ts";

/** The transition that comes before sending. Answers what is then to be sent, if anything. */
export async function prepare(
  run: Run,
  message: Message,
  action: DueMessage["action"],
): Promise<EnqueueEntry | undefined> {
  const { deps, correlationId } = run;
  const occasion = { now: deps.clock.now(), correlationId, token: deps.newToken() };
  switch (action.kind) {
    case "giveUp":
      await giveUp(run, message, action.reason);
      return undefined;
    case "awaitLease": {
      const transition = Claims.awaitLease(message, occasion);
      if (transition) await deps.store.apply(message.messageId, transition);
      return undefined;
    }
    case "endLease": {
      const ended = await endLease(deps, message, correlationId);
      if (ended) count(run, "LEASE_EXPIRED");
      if (ended?.status === "FAILED") {
        run.finished += 1;
        await nudgeBehind(deps, ended, { by: "leaseOver", correlationId });
      }
      return ended?.status === "PENDING" && (ended.dueAt ?? 0) <= deps.clock.now()
        ? toEntry(run, ended)
        : undefined;
    }
    case "orphan": {
      const transition = Lifecycle.orphan(message, occasion);
      const written = transition && (await deps.store.apply(message.messageId, transition));
      if (!written?.applied) return undefined;
      count(run, "ORPHANED");
      return toEntry(run, written.message);
    }
    case "join":
      // Its turn is given to it by whoever looks after its lane.
      return undefined;
    case "enqueue":
      count(run, message.pendingReason ?? "PENDING");
      return toEntry(run, message);
    case "release":
      count(run, message.pendingReason ?? "ENDPOINT_PAUSED");
      // Known from just now: a worker that goes by what the reader remembers would hold it again.
      return toEntry(run, message, action.endpoint);
    case "holdOn":
      await deps.store.apply(message.messageId, DeliveryLifecycle.holdOn(message, occasion));
      return undefined;
    case "failDisabled":
    case "cancelDeleted":
      await endHeld(run, message, action.kind, occasion);
      return undefined;
    case "lookAtEndpoint":
      throw new Error("What the endpoint asks for is known by now.");
  }
}

/** Its endpoint gets nothing any more. */
async function endHeld(
  run: Run,
  message: Message,
  kind: "failDisabled" | "cancelDeleted",
  occasion: Occasion,
): Promise<void> {
  if (!isDelivery(message)) return;
  const { retentionMs } = run.deps.settings;
  const transition =
    kind === "failDisabled"
      ? DeliveryLifecycle.failDisabled(message, message, occasion, retentionMs)
      : DeliveryLifecycle.cancelDeleted(message, occasion, retentionMs);
  const { applied } = await run.deps.store.apply(message.messageId, transition);
  if (!applied) return;
  run.finished += 1;
  count(run, kind === "failDisabled" ? "ENDPOINT_DISABLED" : "ENDPOINT_DELETED");
}

async function toEntry(
  run: Run,
  message: Message,
  endpoint?: KnownEndpoint,
): Promise<EnqueueEntry | undefined> {
  if (message.status !== "PENDING") return undefined;
  const contents = await readContents(run.deps, message, endpoint);
  if (contents) return { message, contents, correlationId: run.correlationId };
  // One that was scheduled a moment ahead is due at once: its producer, too, has the time to repeat a call that died.
  if (run.deps.clock.now() >= message.createdAt + run.deps.settings.queueDeadlineMs) {
    await giveUp(run, message, "PAYLOAD_MISSING");
  }
  return undefined;
}
