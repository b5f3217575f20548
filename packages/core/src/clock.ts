/** Time, as a dependency: tests move it by hand, and nothing in the core reads it any other way. */
export interface Clock {
  /** Milliseconds since the epoch: what is stored and shown. */
  now(): number;
  /** Milliseconds that only ever grow, from any start. */
  monotonic(): number;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
};

/** A moment by both clocks. */
export interface Moment {
  readonly now: number;
  readonly monotonic: number;
}

export function momentOf(clock: Clock): Moment {
  return { now: clock.now(), monotonic: clock.monotonic() };
}

/**
 * Milliseconds since a moment, by the clock that has gone further: monotonic time stands still while Lambda
 * freezes a process or a machine sleeps, and the time of day may be set back. Never less than has passed.
 */
export function elapsedMs(clock: Clock, since: Moment): number {
  return Math.max(clock.now() - since.now, clock.monotonic() - since.monotonic);
}
