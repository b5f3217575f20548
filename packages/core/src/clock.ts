/** Time, as a dependency: tests move it by hand, and nothing in the core reads it any other way. */
export interface Clock {
  /** Milliseconds since the epoch: what is stored and shown. */
  now(): number;
  /** Milliseconds that only ever grow: for measuring how much of a lease is left. */
  monotonic(): number;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
};
