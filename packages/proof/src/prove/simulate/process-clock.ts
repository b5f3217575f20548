import type { Clock } from "@homing/core/clock";
import { START_AT } from "./fixed-times.ts";

/** What the clocks of a process said at one moment, to be compared with what they say later. */
export interface ClockMark {
  readonly offsetMs: number;
  readonly frozenMs: number;
}

/**
 * The two clocks of one process: the time of day may be wrong and may be set, and monotonic time stands still
 * while the process is frozen.
 */
export class ProcessClock implements Clock {
  readonly #realNow: () => number;
  #offsetMs: number;
  #highestMs: number;
  #lowestMs: number;
  #furthestSetBackMs = 0;
  #frozenMs = 0;
  #frozenSince = 0;
  #freezes = 0;

  constructor(realNow: () => number, offsetMs: number) {
    this.#realNow = realNow;
    this.#offsetMs = offsetMs;
    this.#highestMs = offsetMs;
    this.#lowestMs = offsetMs;
  }

  now(): number {
    return this.#realNow() + this.#offsetMs;
  }

  monotonic(): number {
    return this.#realNow() - START_AT - this.#frozen();
  }

  /** The time of day is set forwards, or backwards. */
  set(byMs: number): void {
    this.#offsetMs += byMs;
    this.#highestMs = Math.max(this.#highestMs, this.#offsetMs);
    this.#lowestMs = Math.min(this.#lowestMs, this.#offsetMs);
    this.#furthestSetBackMs = Math.max(this.#furthestSetBackMs, this.#highestMs - this.#offsetMs);
  }

  freeze(): void {
    if (this.#freezes === 0) this.#frozenSince = this.#realNow();
    this.#freezes += 1;
  }

  thaw(): void {
    this.#freezes -= 1;
    if (this.#freezes === 0) this.#frozenMs += this.#realNow() - this.#frozenSince;
  }

  get isFrozen(): boolean {
    return this.#freezes > 0;
  }

  /** How far ahead of the true time it has ever been; negative if it was always behind. */
  get highestMs(): number {
    return this.#highestMs;
  }

  get lowestMs(): number {
    return this.#lowestMs;
  }

  mark(): ClockMark {
    return { offsetMs: this.#offsetMs, frozenMs: this.#frozen() };
  }

  /** How much longer ago than the process can know: only if it has been frozen and set back since. */
  unseenSince({ offsetMs, frozenMs }: ClockMark): number {
    return Math.min(Math.max(0, offsetMs - this.#offsetMs), this.#frozen() - frozenMs);
  }

  /** The most that this can ever have come to. */
  get mostUnseenMs(): number {
    return Math.min(this.#furthestSetBackMs, this.#frozen());
  }

  #frozen(): number {
    return this.#frozenMs + (this.#freezes > 0 ? this.#realNow() - this.#frozenSince : 0);
  }
}
