import { isIPv6 } from "node:net";

/** RFC 8305 §5: when the next attempt begins, while the ones before it go on. */
export const ATTEMPT_DELAY_MS = 250;

export interface Race<T> {
  /** In the order of preference; at least one. */
  readonly addresses: readonly string[];
  /** Joins the candidates when it comes; its rejection ends the race. */
  readonly late?: Promise<readonly string[]>;
  /** Ends soon after `signal` aborts, with nothing left open. */
  readonly open: (address: string, signal: AbortSignal) => Promise<T>;
  /** Closes what was opened too late. */
  readonly discard: (opened: T) => void;
  /** Waits, and rejects when `signal` aborts. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<unknown>;
  readonly signal: AbortSignal;
}

/**
 * Opens the first of several addresses that can be opened (RFC 8305, "Happy Eyeballs"): a new attempt begins
 * when the last one has failed or 250 ms have passed, none is given up for the next one, the first to succeed
 * wins and all others are closed.
 *
 * @throws the only error, an AggregateError of all, the rejection of `late`, or the reason of `signal`.
 */
export function openFirst<T>({ addresses, late, open, discard, wait, signal }: Race<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const candidates = [...addresses];
    const errors: unknown[] = [];
    const over = new AbortController();
    let pacing = new AbortController();
    let running = 0;
    let moreToCome = late !== undefined;

    const end = () => {
      over.abort();
      pacing.abort();
      signal.removeEventListener("abort", onAbort);
    };
    const fail = (error: unknown) => {
      end();
      reject(error);
    };
    const onAbort = () => fail(signal.reason);

    const startNext = () => {
      if (over.signal.aborted) return;
      pacing.abort();
      const address = candidates.shift();
      if (address === undefined) {
        if (running > 0 || moreToCome) return;
        return fail(
          errors.length === 1 ? errors[0] : new AggregateError(errors, "No address could be opened."),
        );
      }
      running += 1;
      pacing = new AbortController();
      wait(ATTEMPT_DELAY_MS, pacing.signal).then(startNext, () => undefined);
      open(address, over.signal).then(
        (opened) => {
          if (over.signal.aborted) return discard(opened);
          end();
          resolve(opened);
        },
        (error) => {
          running -= 1;
          errors.push(error);
          startNext();
        },
      );
    };

    late?.then(
      (more) => {
        moreToCome = false;
        candidates.push(...more);
        // Else whatever runs, or its delay, starts them.
        if (running === 0 || pacing.signal.aborted) startNext();
      },
      (error) => fail(error),
    );
    if (signal.aborted) return onAbort();
    signal.addEventListener("abort", onAbort);
    startNext();
  });
}

/** RFC 8305 §4: the families take turns, so that one that is broken costs one delay; within one, as given. */
export function interleave(addresses: readonly string[], ipv6First: boolean): string[] {
  const ipv6 = addresses.filter((address) => isIPv6(address));
  const ipv4 = addresses.filter((address) => !isIPv6(address));
  const [first, second] = ipv6First ? [ipv6, ipv4] : [ipv4, ipv6];
  return Array.from({ length: Math.max(first.length, second.length) }, (_, i) => [first[i], second[i]])
    .flat()
    .filter((address) => address !== undefined);
}
