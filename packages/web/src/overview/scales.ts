/** Where the lines of a chart go, and what stands beside its axes. */
import { PERIOD_WORDS, type Steps } from "./period.ts";

/** Height and width of the drawing, which is stretched to its frame. */
export const WIDTH = 1_000;
export const HEIGHT = 100;
const FEWEST_TICKS = 3;

/** Round numbers up to and beyond the highest value: 0, 2, 4, 6. */
export function valueTicks(highest: number): readonly number[] {
  const rough = Math.max(1, highest / FEWEST_TICKS);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((one) => one >= rough) ?? rough;
  const count = Math.max(1, Math.ceil(highest / step));
  return Array.from({ length: count + 1 }, (_, index) => index * step);
}

/** Lines through the known values: with a gap where one is missing. */
export function linePath(values: readonly (number | undefined)[], top: number): string {
  return runsOf(values)
    .map((run) => `M${run.map(([index, value]) => place(index, value, values.length, top)).join("L")}`)
    .join("");
}

/** What lies below these lines. */
export function areaPath(values: readonly (number | undefined)[], top: number): string {
  return runsOf(values)
    .map((run) => {
      const [first = 0] = run[0] ?? [];
      const [last = 0] = run.at(-1) ?? [];
      const line = run.map(([index, value]) => place(index, value, values.length, top)).join("L");
      const ends = [place(last, 0, values.length, top), place(first, 0, values.length, top)];
      return `M${[line, ...ends].join("L")}Z`;
    })
    .join("");
}

function runsOf(
  values: readonly (number | undefined)[],
): readonly (readonly (readonly [number, number])[])[] {
  const runs: [number, number][][] = [];
  for (const [index, value] of values.entries()) {
    if (value === undefined) continue;
    if (index === 0 || values[index - 1] === undefined) runs.push([]);
    runs.at(-1)?.push([index, value]);
  }
  return runs;
}

function place(index: number, value: number, count: number, top: number): string {
  const x = count > 1 ? (index / (count - 1)) * WIDTH : 0;
  return `${round(x)},${round(HEIGHT - (value / top) * HEIGHT)}`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

export interface TimeTick {
  readonly text: string;
  /** Of the width, from the left. */
  readonly percent: number;
}

/** A label at the edge would stand beyond it. */
const EDGE_PERCENT = 3;

/** The round times of a period, by the reader's clock. */
export function timeTicks({ period, from, points }: Steps): readonly TimeTick[] {
  const { stepMs } = PERIOD_WORDS[period];
  return points.flatMap((_, index) => {
    const at = new Date(from + index * stepMs);
    const percent = (index / (points.length - 1)) * 100;
    if (percent < EDGE_PERCENT || percent > 100 - EDGE_PERCENT || !isRound(period, at)) return [];
    return [{ text: (period === "week" ? DAY : CLOCK).format(at), percent }];
  });
}

function isRound(period: Steps["period"], at: Date): boolean {
  if (period === "hour") return at.getMinutes() % 10 === 0;
  if (period === "day") return at.getMinutes() === 0 && at.getHours() % 4 === 0;
  return at.getHours() === 0;
}

const CLOCK = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const DAY = new Intl.DateTimeFormat(undefined, { weekday: "short", day: "numeric" });
const DAY_AND_CLOCK = new Intl.DateTimeFormat(undefined, {
  weekday: "short",
  day: "numeric",
  hour: "2-digit",
  minute: "2-digit",
});

/** When a step begins, in words. */
export function stepTime({ period, from }: Pick<Steps, "period" | "from">, index: number): string {
  const at = from + index * PERIOD_WORDS[period].stepMs;
  return (period === "hour" ? CLOCK : DAY_AND_CLOCK).format(at);
}
