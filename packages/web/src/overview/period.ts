/** What the charts show, as it stands in the URL: `?period=week&sender=acme&target=shop.example&endpoint=ep_…`. */
import type { Minute, SeriesPoint } from "../api/types.ts";

export const PERIODS = ["hour", "day", "week"] as const;
export type Period = (typeof PERIODS)[number];

export interface Scope {
  readonly period: Period;
  readonly sender?: string;
  readonly target?: string;
  readonly endpoint?: string;
}

interface PeriodWords {
  /** Of the control. */
  readonly name: string;
  /** As in "Traffic of …". */
  readonly text: string;
  /** Of the charts' heading. */
  readonly title: string;
  readonly step: string;
  readonly steps: number;
  readonly stepMs: number;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

export const PERIOD_WORDS: Readonly<Record<Period, PeriodWords>> = {
  hour: {
    name: "Hour",
    text: "the last 60 minutes",
    title: "Last 60 minutes",
    step: "a minute",
    steps: 60,
    stepMs: MINUTE,
  },
  day: {
    name: "Day",
    text: "the last 24 hours",
    title: "Last 24 hours",
    step: "a quarter of an hour",
    steps: 96,
    stepMs: 15 * MINUTE,
  },
  week: {
    name: "Week",
    text: "the last 7 days",
    title: "Last 7 days",
    step: "an hour",
    steps: 168,
    stepMs: HOUR,
  },
};

const FIELDS = ["sender", "target", "endpoint"] as const;

/** Whatever is none is ignored: a URL may be old or mistyped. */
export function parseScope(search: string): Scope {
  const params = new URLSearchParams(search);
  const period = PERIODS.find((one) => one === params.get("period")) ?? "hour";
  const fields = FIELDS.flatMap((name) => {
    const value = params.get(name)?.trim();
    return value ? [[name, value]] : [];
  });
  return { period, ...Object.fromEntries(fields) };
}

/** The query string, with its question mark; empty for an hour of everything. */
export function scopeSearch(scope: Scope): string {
  const params = new URLSearchParams();
  if (scope.period !== "hour") params.set("period", scope.period);
  for (const name of FIELDS) {
    const value = scope[name];
    if (value) params.set(name, value);
  }
  const text = params.toString();
  return text ? `?${text}` : "";
}

export function isEverything({ sender, target, endpoint }: Scope): boolean {
  return (sender ?? target ?? endpoint) === undefined;
}

/** The steps of a period: where each begins, and what is known of it. */
export interface Steps {
  readonly period: Period;
  /** The time at which the first begins. */
  readonly from: number;
  /** Oldest first; undefined where nothing is known. */
  readonly points: readonly (SeriesPoint | undefined)[];
}

/** Of the hour that the counts bring along. */
export function stepsOfMinutes(minutes: readonly Minute[]): Steps {
  const points = minutes.map(({ minute, ...counts }) => ({ at: minute, ...counts }));
  return { period: "hour", from: Date.parse(points[0]?.at ?? ""), points };
}

/** The known ones, each in its place. */
export function stepsOf(
  period: Period,
  { from, points }: { readonly from: string; readonly points: readonly SeriesPoint[] },
): Steps {
  const { steps, stepMs } = PERIOD_WORDS[period];
  const start = Date.parse(from);
  const byTime = new Map(points.map((point) => [Date.parse(point.at), point]));
  return {
    period,
    from: start,
    points: Array.from({ length: steps }, (_, index) => byTime.get(start + index * stepMs)),
  };
}
