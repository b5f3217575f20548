/** The claim: what lets one copy, and only one, start an attempt. */
import { type Moment, momentOf } from "../clock.ts";
import type { EndpointHealth } from "../endpoint/endpoint-health.ts";
import { advanceBehind } from "../lane/advance.ts";
import type { LaneDependencies } from "../lane/head.ts";
import * as Claims from "../message/claims.ts";
import type { Copy } from "../message/copy.ts";
import { isFinished, type Message } from "../message/message.ts";
import type { Transition } from "../message/transition.ts";
import type { RecordResult } from "../queue/queue-record.ts";
import type { Settings } from "../settings.ts";
import { type EndLeaseDependencies, endLease } from "./end-lease.ts";

export interface ClaimDependencies extends EndLeaseDependencies, LaneDependencies {
  readonly health: Pick<EndpointHealth, "messageFailed">;
  readonly settings: EndLeaseDependencies["settings"] &
    LaneDependencies["settings"] &
    Pick<Settings, "leaseMs">;
}

/** A message under a claim of this process. */
export interface Claimed {
  readonly message: Message;
  readonly claimId: string;
  /** From before the claim was written: a lease that is counted from here never ends later than the stored one. */
  readonly claimedAt: Moment;
}

/**
 * The message, claimed for this copy; or what becomes of a copy that may not start an attempt. `timeLeftMs`: how
 * long claiming may still take, so that the process can finish what follows.
 */
export async function claimCopy(
  deps: ClaimDependencies,
  messageId: string,
  copy: Copy,
  correlationId: string,
  timeLeftMs: () => number,
): Promise<Claimed | RecordResult> {
  const { leaseMs } = deps.settings;
  const claimId = deps.newToken();
  const tryClaim = async (transition: Transition): Promise<{ claimed?: Claimed; message?: Message }> => {
    const claimedAt = momentOf(deps.clock);
    const { applied, message } = await deps.store.apply(messageId, transition, timeLeftMs());
    const isOurs = applied && message.status === "PROCESSING" && message.claimId === claimId;
    return isOurs ? { claimed: { message, claimId, claimedAt } } : message === undefined ? {} : { message };
  };

  const occasion = { now: deps.clock.now(), correlationId, token: claimId };
  const first = await tryClaim(Claims.claim(copy.attempt, occasion, leaseMs));
  if (first.claimed) return first.claimed;
  const { message } = first;
  if (message === undefined) {
    // Messages outlive their copies: a copy of nothing is somebody's mistake, and belongs to the dead letters.
    deps.observer.log.write("error", "message_unknown", { messageId, correlationId });
    return "return";
  }
  if (timeLeftMs() <= 0) return "return";
  const takeOver = Claims.takeOver(message, copy.attempt, { ...occasion, now: deps.clock.now() }, leaseMs);
  if (takeOver) {
    const second = await tryClaim(takeOver);
    if (second.claimed) {
      deps.observer.metrics.add("AttemptsUnknown");
      return second.claimed;
    }
  } else if (message.attempt === copy.attempt) {
    const ended = await endLease(deps, message, correlationId, timeLeftMs());
    if (ended && !(await advanceBehind(deps, ended, { by: "leaseOver", correlationId }))) return "return";
  }
  deps.observer.log.write("info", "claim_refused", {
    messageId,
    senderId: copy.senderId,
    correlationId,
    attempt: copy.attempt,
    status: message.status,
  });
  // The worker that finished the message may have died before it told of that, or released the next of its lane.
  if (message.status === "FAILED") await deps.health.messageFailed(message);
  const isLeft =
    isFinished(message.status) && !(await advanceBehind(deps, message, { by: "refusedCopy", correlationId }));
  // A refused copy is deleted: the message's own copy or its `dueAt` delivers it.
  return isLeft ? "return" : "done";
}
