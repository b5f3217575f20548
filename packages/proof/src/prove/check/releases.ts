/** How what an endpoint has held is released: in order of age, and no more in one run than it may be given. */
import type { Message } from "@homing/core/message/message";
import type { Ledger } from "../simulate/ledger.ts";
import type { Process } from "../simulate/process.ts";
import { isHeld, isOlder } from "./gates.ts";

/** As it is unless a schedule says otherwise. */
const PER_RUN = 500;
/** What is due so soon is looked at by itself, whatever its endpoint has been given. */
const LOOK_AHEAD_MS = 60_000;

export class Releases {
  readonly #ledger: Ledger;
  readonly #perRun: number;
  /** By process and endpoint: what it has wanted to release. */
  readonly #wanted = new Map<string, Set<string>>();

  constructor(ledger: Ledger, perRun = PER_RUN) {
    this.#ledger = ledger;
    this.#perRun = perRun;
  }

  /** What is wrong with a reconciler's wanting to release this message now; undefined if nothing is. */
  wrong({ name, role, clock }: Process, messageId: string): string | undefined {
    const ledger = this.#ledger;
    const message = ledger.state(messageId);
    if (role !== "reconciler" || !message || !isHeld(message)) return undefined;
    if ((message.dueAt ?? 0) <= clock.now() + LOOK_AHEAD_MS) return undefined;
    // Held since the run began: what it has in hand is the message of before, which its write's condition will tell it.
    if (!this.#isHeldSinceBefore(name, messageId)) return undefined;
    const endpoint = ledger.fanOut.endpoints().find(({ endpointId }) => endpointId === message.endpointId);
    // It is a probe: which that may be is judged when it is chosen.
    if (endpoint?.gate?.probe?.messageId === messageId) return undefined;
    const key = `${name} ${message.endpointId}`;
    const wanted = this.#wanted.get(key) ?? new Set();
    this.#wanted.set(key, wanted.add(messageId));
    if (wanted.size > this.#perRun) return "a run gives an endpoint more than it may be given";
    // What it could not read, or has read in an index of before, it passes over.
    if (ledger.isExcused(name) || ledger.faults.some((one) => one.process === name && one.fault === "stale"))
      return undefined;
    const older = ledger
      .states()
      .some(
        (other) =>
          other.endpointId === message.endpointId &&
          isHeld(other) &&
          isOlder(other, message) &&
          !isBeforeItsTime(other, clock.now()) &&
          !wanted.has(other.messageId) &&
          this.#isHeldSinceBefore(name, other.messageId),
      );
    return older ? "a message is released before an older one of its endpoint" : undefined;
  }

  #isHeldSinceBefore(process: string, messageId: string): boolean {
    const written = this.#ledger.writesOf(messageId).at(-1)?.at ?? Infinity;
    return written < this.#ledger.spawnedAt(process);
  }
}

/** It waits for its retry, or for a slot that it once had: it goes then, and keeps nobody behind it. */
function isBeforeItsTime({ pendingReason, notBefore = 0 }: Message, now: number): boolean {
  return pendingReason !== "ENDPOINT_FAILING" && notBefore > now;
}
