/** Comparing two pieces of work on a machine that has other things to do. */

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The smallest value that at least this share of all values do not exceed. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

/** CPU time of this process, all its threads, in microseconds a call. */
export async function cpuMicroseconds(work: () => Promise<unknown>, calls: number): Promise<number> {
  const before = process.cpuUsage();
  for (let call = 0; call < calls; call += 1) await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / calls;
}

export interface Comparison {
  /** Medians over all rounds. */
  readonly ours: number;
  readonly bare: number;
  /** Median of the rounds' ratios: both sides of a round met the same weather. */
  readonly ratio: number;
}

/** Measures both in turns, A B B A A B …, so that neither is always the first or the last. */
export async function compare(
  ours: () => Promise<number>,
  bare: () => Promise<number>,
  rounds: number,
): Promise<Comparison> {
  const results = { ours: [] as number[], bare: [] as number[], ratio: [] as number[] };
  for (let round = 0; round < rounds; round += 1) {
    const first = round % 2 === 0 ? ours : bare;
    const second = round % 2 === 0 ? bare : ours;
    const [a, b] = [await first(), await second()];
    const [mine, other] = round % 2 === 0 ? [a, b] : [b, a];
    results.ours.push(mine);
    results.bare.push(other);
    results.ratio.push(mine / other);
  }
  return { ours: median(results.ours), bare: median(results.bare), ratio: median(results.ratio) };
}
