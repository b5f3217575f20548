import type { Clock } from "../clock.ts";

/** A time at which nothing special happens. */
export const NOON = Date.UTC(2026, 10, 22, 12);

/** Time that stands still until a test moves it. */
export class TestClock implements Clock {
  /** Epoch milliseconds; a test may set it. */
  time: number;
  #monotonic = 0;

  constructor(time: number = NOON) {
    this.time = time;
  }

  now(): number {
    return this.time;
  }

  monotonic(): number {
    return this.#monotonic;
  }

  /** The process is frozen for so long, as Lambda does between invocations: only the time of day goes on. */
  freeze(ms: number): void {
    this.time += ms;
  }

  advance(ms: number): void {
    this.time += ms;
    this.#monotonic += ms;
  }
}
