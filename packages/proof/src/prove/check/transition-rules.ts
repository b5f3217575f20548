/**
 * The transition relation, written by hand from the design: which transition may follow from which state,
 * what it may change, and what must be true in the world for it. Nothing of the core is used but its types. The
 * rules lie beside it, by what makes the step.
 */
import { isDeepStrictEqual } from "node:util";
import type { Message } from "@homing/core/message/message";
import type { WriteFact } from "../simulate/ledger.ts";
import { ATTEMPT_RULES } from "./attempt-rules.ts";
import { CALL_RULES } from "./call-rules.ts";
import { wasForgotten, wrongCopy, wrongSpawn } from "./delivery-rules.ts";
import { isHeld } from "./gates.ts";
import { HOLD_RULES } from "./hold-rules.ts";
import { isAwaitingTurn } from "./order-rules.ts";
import type { Rule, RuleContext } from "./rule.ts";
import { SEND_RULES } from "./send-rules.ts";

const ALWAYS: ReadonlyArray<keyof Message> = [
  "status",
  "history",
  "historyOmitted",
  "revision",
  "updatedAt",
  "writeId",
  "pendingReason",
];

const RULES: readonly Rule[] = [...SEND_RULES, ...ATTEMPT_RULES, ...HOLD_RULES, ...CALL_RULES];

/** What is wrong with a write as a step of the lifecycle; undefined if nothing is. */
export function wrongStep(write: WriteFact, context: RuleContext): string | undefined {
  const { ledger } = context;
  const { before, after } = write;
  const entry = after.history.at(-1);
  if (before === undefined && after.eventId !== undefined) return wrongSpawn(write, ledger);
  if (before === undefined) {
    const isNew = after.status === "PENDING" && after.revision === 1 && entry?.reason === "ACCEPTED";
    return isNew ? undefined : "a message begins as PENDING with reason ACCEPTED";
  }
  const changed = changedAttributes(before, after);
  if (write.operation === "abandonLease") return wrongAbandonment(write, changed, context);
  if (before.revision === after.revision)
    return isAwaitingTurn(before, after, changed, ledger)
      ? undefined
      : wrongMoveOfDueAt(before, after, changed, context);
  if (after.revision !== before.revision + 1) return "a transition adds exactly 1 to the revision";
  if (entry?.from !== before.status || entry.to !== after.status)
    return "the history does not tell this step";
  const rule = RULES.find(
    ({ reason, from, to }) => reason === entry.reason && from.includes(before.status) && to === after.status,
  );
  const step = `${before.status} → ${after.status} (${entry.reason})`;
  if (!rule) return `${step} is no step of the lifecycle`;
  const stray = changed.find((attribute) => !ALWAYS.includes(attribute) && !rule.changes.includes(attribute));
  if (stray) return `${step} changed ${stray}, which is none of its business`;
  if (isHeld(before) && wasForgotten(before, write.at, ledger))
    return `${step}: what was held has been forgotten until somebody looked a week later`;
  const isOfItsEndpoint =
    (entry.reason.startsWith("ENDPOINT_") && before.status !== "PROCESSING") || write.operation === "repace";
  const wrong =
    (isOfItsEndpoint ? wrongCopy(before, write.process, ledger) : undefined) ??
    rule.wrong?.(before, after, entry.at, { ...context, process: write.process, write });
  return wrong && `${step}: ${wrong}`;
}

/** The end of a lease whose holder has ended: nothing else changes, so the attempt stays UNKNOWN and counts. */
function wrongAbandonment(
  { before, after }: WriteFact,
  changed: ReadonlyArray<keyof Message>,
  { ledger, settings }: RuleContext,
): string | undefined {
  const isEnd = changed.every((attribute) => attribute === "leaseUntil" || attribute === "writeId");
  if (!isEnd || before?.status !== "PROCESSING") return "more than a lease was ended without a transition";
  if ((after.leaseUntil ?? Infinity) > (before.claimedAt ?? 0) + settings.leaseMs)
    return "a lease is ended later than it is over";
  const claim = ledger.claimOf(before.claimId);
  if (claim?.holder.role === "listener") return "a lease is ended whose holder is a listener, which lives on";
  const isOfProcessBefore = claim && !claim.holder.alive && claim.decidedAt < ledger.restartedAt;
  return isOfProcessBefore ? undefined : "a lease is ended, and the process of its holder has not ended";
}

/**
 * Without a transition only a live lease may move `dueAt`, behind its end, so that it is not taken for a listener's, which
 * no restart ends; behind what was its end, if it has just been ended.
 */
function wrongMoveOfDueAt(
  before: Message,
  after: Message,
  changed: ReadonlyArray<keyof Message>,
  { ledger, settings }: RuleContext,
): string | undefined {
  const isMove = changed.every((attribute) => attribute === "dueAt" || attribute === "writeId");
  const leaseUntil = ledger.wasAbandoned(before.claimId)
    ? (before.claimedAt ?? 0) + settings.leaseMs
    : before.leaseUntil;
  return isMove && before.status === "PROCESSING" && after.dueAt === leaseUntil
    ? undefined
    : "something other than dueAt was changed without a transition";
}

function changedAttributes(before: Message, after: Message): Array<keyof Message> {
  const names = new Set([...Object.keys(before), ...Object.keys(after)] as Array<keyof Message>);
  return [...names].filter((name) => !isDeepStrictEqual(before[name], after[name]));
}
