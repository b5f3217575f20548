/** What has to be true of deliveries to limited endpoints. Of the core nothing is used but its types. */
import type { Endpoint } from "@homing/core/endpoint/endpoint";
import type { Message } from "@homing/core/message/message";
import type { Ledger, WriteFact } from "../simulate/ledger.ts";
import type { ReservationFact } from "../simulate/paces.ts";
import { mayBe } from "./delivery-rules.ts";
import { mayBePacedAnew } from "./paced-anew.ts";

/** Who is further behind a slot takes a new one. */
const LATE_MS = 60_000;
/** A slot is no wait if it is this near. */
const AT_ONCE_MS = 1_000;
/** Two runs of the reconciler, and the time that they take. */
const SOON_MS = 3 * 60_000;
const UNITS = { s: 1_000, m: 60_000, h: 3_600_000 } as const;

/** From one request to the next, by hand; undefined without a limit. */
function spacingMs({ rateLimit }: Endpoint): number | undefined {
  if (rateLimit === undefined) return undefined;
  const unit = rateLimit.period.slice(-1) as keyof typeof UNITS;
  return (Number(rateLimit.period.slice(0, -1)) * UNITS[unit]) / rateLimit.count;
}

/** Within k periods no more than k · count slots of one rate: each is the spacing behind the one before. */
export function wrongReservation(fact: ReservationFact, { fanOut, paces }: Ledger): string | undefined {
  const { endpointId, request, slotsAt } = fact;
  const known = fanOut.versionsOf(endpointId);
  const limited = known.findLast((endpoint) => endpoint.rateSince === request.since);
  const spacing = limited && spacingMs(limited);
  if (spacing === undefined)
    return "slots are reserved for an endpoint that has no limit, or under no rate of its";
  const facts = paces.of(endpointId);
  // Who knows an earlier rate goes by the latest that anybody has asked by.
  const epochOf = (one: ReservationFact) =>
    Math.max(...facts.slice(0, facts.indexOf(one) + 1).map((other) => other.request.since));
  const epoch = epochOf(fact);
  const earlier = facts.filter((one) => one !== fact && epochOf(one) === epoch).flatMap((one) => one.slotsAt);
  const all = [...earlier, ...slotsAt];
  if (slotsAt.some((slot) => slot < request.now)) return "a slot lies in the past";
  const tooNear = slotsAt.some((slot) =>
    all.some((other, index) => all.indexOf(slot) !== index && Math.abs(other - slot) < spacing),
  );
  return tooNear ? "more slots are reserved in a time than the endpoint's limit allows" : undefined;
}

/** What is wrong with a write of a delivery as one to a limited endpoint; undefined if nothing is. */
export function wrongPace(write: WriteFact, ledger: Ledger): string | undefined {
  const { before, after, process, at } = write;
  const { endpointId } = after;
  if (endpointId === undefined || before?.revision === after.revision) return undefined;
  const entry = after.history.at(-1);
  const isLimited = ledger.fanOut.versionsOf(endpointId).every(({ rateLimit }) => rateLimit !== undefined);
  if (after.slotAt !== undefined && after.slotAt !== before?.slotAt) {
    const wrong = wrongTaking(write, ledger);
    if (wrong) return wrong;
  }
  switch (entry?.reason) {
    case "EXPANDED":
    case "ENQUEUED":
      if (
        after.notBefore !== before?.notBefore &&
        after.notBefore !== after.slotAt &&
        !(after.notBefore === undefined && before && waitsNoMore(before, { at: entry.at, process }, ledger))
      )
        return "it is to wait until another time than its slot";
      if (isLimited && after.slotAt === undefined && !isAskedFor(after) && !isGone(write, ledger))
        return "it is sent to a limited endpoint without a slot";
      return before?.pendingReason === "THROTTLED" &&
        ledger.faults.length === 0 &&
        isStuck(before, at - ledger.clocksApartMs())
        ? "it was throttled for longer than until its slot, and no fault explains it"
        : undefined;
    case "THROTTLED":
      if (after.dueAt === undefined || after.dueAt !== after.notBefore)
        return "it is throttled, and due at another time than its wait ends";
      return after.slotAt === after.notBefore
        ? undefined
        : "it is throttled, and has no slot at the end of it";
    case "ENDPOINT_PAUSED":
    case "ENDPOINT_FAILING":
      return after.slotAt === undefined
        ? undefined
        : "it is held, and keeps its slot: it would go on without being paced";
    case "CLAIMED":
      return before?.status === "PROCESSING" ? undefined : wrongClaim(before, entry.at, { process, ledger });
    default:
      return undefined;
  }
}

/** What it has waited for is over, whatever it says: its endpoint was activated, or is well again. */
function waitsNoMore(
  before: Message,
  decision: Parameters<typeof mayBePacedAnew>[1],
  ledger: Ledger,
): boolean {
  return before.pendingReason === "ENDPOINT_FAILING" || mayBePacedAnew(before, decision, ledger);
}

/** One turn, one slot; one slot, one delivery. */
function wrongTaking({ before, after, process, at }: WriteFact, ledger: Ledger): string | undefined {
  const { endpointId = "", slotAt = 0, messageId } = after;
  const isReserved = ledger.paces.of(endpointId).some(({ slotsAt }) => slotsAt.includes(slotAt));
  if (!isReserved) return "it takes a slot that nobody has reserved";
  const taken = ledger.writes
    .filter((one) => one.after.endpointId === endpointId && one.after.slotAt === slotAt)
    .some((one) => one.after.messageId !== messageId);
  if (taken && rateNeverChanged(endpointId, ledger)) return "two deliveries have the same slot";
  if (before?.slotAt === undefined) return undefined;
  const isAnew = mayBePacedAnew(before, { at: after.history.at(-1)?.at ?? at, process }, ledger);
  if (isAnew && !after.repaced) return undefined;
  if (before.repaced)
    return "it takes a third slot for the same turn: whoever always comes late puts it off for ever";
  if (!after.repaced) return "it takes another slot because it was late, and does not remember that";
  return ledger.latestBelief(process, at) - before.slotAt > LATE_MS
    ? undefined
    : "it takes a second slot for the same turn";
}

/** Under one rate no slot is given twice. */
function rateNeverChanged(endpointId: string, { fanOut }: Ledger): boolean {
  return new Set(fanOut.versionsOf(endpointId).map(({ rateSince }) => rateSince)).size === 1;
}

/** A copy that comes long after its slot has to have reserved another one. */
function wrongClaim(
  before: Message | undefined,
  at: number,
  { process, ledger }: { readonly process: string; readonly ledger: Ledger },
): string | undefined {
  if (before?.slotAt === undefined || before.repaced || isAskedFor(before)) return undefined;
  if (at - before.slotAt <= LATE_MS || ledger.isExcused(process) || ledger.isSlowed(process))
    return undefined;
  const own = ledger.paces
    .of(before.endpointId ?? "")
    .filter((fact) => fact.process === process)
    .flatMap(({ slotsAt }) => slotsAt);
  return own.some((slot) => slot <= at + AT_ONCE_MS)
    ? undefined
    : "what has piled up goes out long after its slot, and takes no new one";
}

function isAskedFor({ forcedAttempt, attempt }: Message): boolean {
  return forcedAttempt === attempt + 1;
}

/** Of one that was deleted nobody knows its limit, and nothing comes of it. */
function isGone({ after, process }: WriteFact, ledger: Ledger): boolean {
  return mayBe("DELETED", after, { at: after.updatedAt, process }, ledger);
}

function isStuck({ notBefore = 0 }: Message, at: number): boolean {
  return at > notBefore + SOON_MS;
}
