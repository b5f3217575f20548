/** The gate of an endpoint that fails: when it may be set, what may pass it, and that it never stays for nothing. */
import type { Endpoint, Gate } from "@homing/core/endpoint/endpoint";
import type { Message } from "@homing/core/message/message";
import { HASTY_GATE } from "../simulate/fixed-times.ts";
import type { FaultFact, Ledger } from "../simulate/ledger.ts";

/** A directory may know an endpoint so long, and what it knew is used for 20 seconds more. */
const BELIEVED_FOR_MS = 80_000;

export interface GateWrite {
  readonly before: Endpoint | undefined;
  readonly after: Endpoint;
  readonly process: string;
  readonly at: number;
}

export class Gates {
  readonly #ledger: Ledger;
  /** By endpoint: the failures that anybody has told of. */
  readonly #told = new Map<string, number>();

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /** What is wrong with a change of an endpoint; undefined if nothing is. */
  wrong(write: GateWrite): string | undefined {
    const { before, after } = write;
    const { gate } = after;
    const tellsTooMuch = this.#tellsTooMuch(before, after);
    if (tellsTooMuch) return tellsTooMuch;
    if (before?.gate && !gate && after.state !== "PAUSED" && !after.draining)
      return "an endpoint no longer holds because it fails, and nobody releases what it held";
    if (!gate) return undefined;
    if (after.state !== "ACTIVE") return `an endpoint that is ${after.state} holds because it fails`;
    if (after.failingSince === undefined) return "an endpoint holds because it fails, and does not fail";
    if (after.draining) return "an endpoint releases what it holds because it fails";
    return before?.gate ? this.#wrongProbe(write, before.gate, gate) : wrongSetting(after, gate);
  }

  /** What is told adds to what was known: nobody tells of a failure from before a success that was told. */
  #tellsTooMuch(before: Endpoint | undefined, after: Endpoint): string | undefined {
    const ledger = this.#ledger;
    const more = Math.max(0, (after.failures ?? 0) - (before?.failures ?? 0));
    const told = (this.#told.get(after.endpointId) ?? 0) + more;
    this.#told.set(after.endpointId, told);
    // Whoever was not told that its write took effect tells of the same again.
    if (ledger.faults.some(hidesAWrite)) return undefined;
    const failed = ledger
      .states()
      .filter(({ endpointId }) => endpointId === after.endpointId)
      .flatMap(({ messageId }) => [...(ledger.attempts.get(messageId)?.values() ?? [])])
      .filter(({ outcome }) => outcome === "RETRY" || outcome === "FAILED").length;
    return told > failed ? "more failures are told of than there were" : undefined;
  }

  #wrongProbe(write: GateWrite, before: Gate, gate: Gate): string | undefined {
    if (gate === before || (gate.probes === before.probes && gate.nextProbeAt === before.nextProbeAt))
      return undefined;
    const { process, at, after } = write;
    const ledger = this.#ledger;
    if (gate.since !== before.since) return "a gate is set again that was never lifted";
    if (ledger.latestBelief(process, at) < before.nextProbeAt) return "an endpoint is tried before its time";
    const isTried = gate.probes === before.probes + 1;
    if (!isTried && gate.probes !== before.probes) return "probes are not counted one by one";
    const waits = gate.nextProbeAt - at;
    const { lowestMs = 0 } = ledger.clockOf(process) ?? {};
    if (waits < HASTY_GATE.firstProbeMs + Math.min(0, lowestMs) - SLOW_MS)
      return "the next probe comes too soon";
    if (waits > HASTY_GATE.longestProbeMs + (ledger.clockOf(process)?.highestMs ?? 0))
      return "the next probe comes too late";
    const latest = before.probe && ledger.state(before.probe.messageId);
    const isUnderWay =
      before.probe !== undefined &&
      latest !== undefined &&
      this.#isUnderWay(before.probe.attempt, latest, write);
    const isSure = latest === undefined || this.#isAsRead(latest, process);
    if (isTried && isUnderWay && isSure) return "two messages are tried at once";
    if (!isTried && (isUnderWay || !isSure)) return undefined;
    return this.#wrongChoice(after, gate, isTried, write);
  }

  /** The oldest that may go; and one, if any may. */
  #wrongChoice({ endpointId }: Endpoint, gate: Gate, isTried: boolean, write: GateWrite): string | undefined {
    const { process, at } = write;
    const ledger = this.#ledger;
    // What it could not read, or has read in an index of before, it passes over.
    if (
      ledger.isExcused(process) ||
      ledger.faults.some((one) => one.process === process && one.fault === "stale")
    )
      return undefined;
    const { lowestMs = 0 } = ledger.clockOf(process) ?? {};
    const startedAt = ledger.spawnedAt(process) + Math.min(0, lowestMs);
    const mayGo = (message: Message) =>
      message.endpointId === endpointId &&
      isHeld(message) &&
      (message.notBefore ?? 0) <= startedAt &&
      (message.deliverBy ?? Infinity) > at + Math.max(0, ledger.clocksApartMs()) &&
      this.#isAsRead(message, process);
    const others = ledger.states().filter(mayGo);
    if (!isTried) return others.length > 0 ? "an endpoint is not tried, although it could be" : undefined;
    const probe = ledger.state(gate.probe?.messageId ?? "");
    if (!probe) return "an endpoint is tried with what is not there";
    if (gate.probe?.attempt !== probe.attempt + 1 && this.#isAsRead(probe, process))
      return "an endpoint is tried with another attempt than the next";
    return others.some((other) => isOlder(other, probe))
      ? "a message is tried before an older one"
      : undefined;
  }

  #isUnderWay(attempt: number, message: Message, { process, at }: GateWrite): boolean {
    const { status } = message;
    if (status === "PROCESSING") return (message.leaseUntil ?? 0) > ledgerNow(this.#ledger, process, at);
    return (status === "QUEUED" || (status === "PENDING" && !isHeld(message))) && message.attempt < attempt;
  }

  /** Nobody has written it since the process began: what it has read of it is so still. */
  #isAsRead({ messageId }: Message, process: string): boolean {
    return (this.#ledger.writesOf(messageId).at(-1)?.at ?? Infinity) < this.#ledger.spawnedAt(process);
  }
}

/** Whoever changed an endpoint may not know that it did: the change and the version that tells of it are two calls. */
function hidesAWrite({ operation, fault }: FaultFact): boolean {
  if (operation === "raiseVersion") return true;
  return operation === "changeEndpoint" && fault !== "diesBefore" && fault !== "stallsBefore";
}

/** Between a process's decision and its write. */
const SLOW_MS = 60_000;

function ledgerNow(ledger: Ledger, process: string, at: number): number {
  return ledger.latestBelief(process, at);
}

function wrongSetting({ failures = 0, failingSince = 0 }: Endpoint, gate: Gate): string | undefined {
  if (failures < HASTY_GATE.afterFailures) return "an endpoint holds after fewer failures than it takes";
  if (gate.since - failingSince < HASTY_GATE.afterMs)
    return "an endpoint holds before it has failed for long";
  if (gate.probes !== 0 || gate.probe) return "an endpoint has been tried before it holds";
  return gate.nextProbeAt === gate.since + HASTY_GATE.firstProbeMs
    ? undefined
    : "the first probe has another time than its own";
}

/** Whether somebody may have taken the endpoint for one that holds this attempt, or that does not, when that was decided. */
export function mayBeGated(
  holds: boolean,
  { endpointId = "", messageId, attempt, unknowns }: Message,
  { at, process }: { readonly at: number; readonly process: string },
  ledger: Ledger,
  longestMs = BELIEVED_FOR_MS,
): boolean {
  const { highestMs = 0, lowestMs = 0 } = ledger.clockOf(process) ?? {};
  const from = at - Math.max(0, highestMs) - longestMs - ledger.clocksApartMs();
  return ledger.fanOut.inForce(endpointId, from, at - Math.min(0, lowestMs)).some((endpoint) => {
    const isProbe =
      endpoint?.gate?.probe?.messageId === messageId &&
      endpoint.gate.probe.attempt <= attempt &&
      attempt <= endpoint.gate.probe.attempt + unknowns;
    const isHolding = endpoint?.gate !== undefined && endpoint.failingSince !== undefined;
    return holds ? isHolding : !isHolding || isProbe;
  });
}

export function isHeld({ status, pendingReason }: Pick<Message, "status" | "pendingReason">): boolean {
  return (
    status === "PENDING" && (pendingReason === "ENDPOINT_PAUSED" || pendingReason === "ENDPOINT_FAILING")
  );
}

export function isOlder(one: Message, other: Message): boolean {
  return (
    one.createdAt < other.createdAt || (one.createdAt === other.createdAt && one.messageId < other.messageId)
  );
}
