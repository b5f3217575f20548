/** Finds out whether work grows faster than its input, on any machine: by how the CPU time of one thread multiplies. */

/** From here on a clock tells the work from the noise. */
const SHORTEST_MEASURED_MS = 2;
const ROUNDS = 3;
/** Longer runs say enough at the first. */
const LONG_MS = 50;
const DOUBLINGS = 3;
/** Twice the input takes twice the time, or a little more when memory runs short; quadratic work four times. */
const CLEARLY_MORE_THAN_TWICE = 3;

export interface Growth {
  /** CPU milliseconds by size of the input, each twice the one before. */
  readonly cpuMs: ReadonlyMap<number, number>;
  /** Every doubling of the input took clearly more than twice the time. */
  readonly isSuperlinear: boolean;
}

/**
 * Prepares `work` for inputs of growing size and runs it. Begins where a run can be measured, at most at `maxSize`;
 * what is too fast to be measured even there grows as it likes.
 */
export async function measureGrowth(
  work: (size: number) => () => unknown,
  maxSize = 1_048_576,
): Promise<Growth> {
  let size = Math.min(256, maxSize);
  while (size < maxSize && (await cpuMsOf(work(size))) < SHORTEST_MEASURED_MS) size *= 2;
  const cpuMs = new Map<number, number>();
  for (let doubling = 0; doubling <= DOUBLINGS; doubling += 1) {
    const last = cpuMs.get(size / 2);
    const now = await cpuMsOf(work(size));
    cpuMs.set(size, now);
    const isClear =
      now > SHORTEST_MEASURED_MS && (last === undefined || now > last * CLEARLY_MORE_THAN_TWICE);
    if (!isClear) return { cpuMs, isSuperlinear: false };
    size *= 2;
  }
  return { cpuMs, isSuperlinear: true };
}

/** The least of several runs: what disturbs a run only ever makes it longer. */
async function cpuMsOf(run: () => unknown): Promise<number> {
  let least = Infinity;
  for (let round = 0; round < ROUNDS && (round === 0 || least < LONG_MS); round += 1) {
    const before = process.threadCpuUsage();
    await run();
    const { user, system } = process.threadCpuUsage(before);
    least = Math.min(least, (user + system) / 1_000);
  }
  return least;
}
