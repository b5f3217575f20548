/** What happened over an hour, a day or a week, step by step: of everything as it was counted, else of the newest messages. */
import type { Clock } from "../clock.ts";
import { DAY, HOUR, MINUTE } from "../duration.ts";
import type { Message } from "../message/message.ts";
import { LIST_GROUPS } from "../message/message.ts";
import { type ListDependencies, listedTo } from "../operate/list.ts";
import { type Counters, QUARTER_MS, type Told } from "./counters.ts";
import { countInto, SENDER_COUNT_CAP } from "./stats-of-sender.ts";

export const PERIODS = ["hour", "day", "week"] as const;
export type Period = (typeof PERIODS)[number];

interface Steps {
  readonly lengthMs: number;
  readonly stepMs: number;
}

const STEPS: Readonly<Record<Period, Steps>> = {
  hour: { lengthMs: HOUR, stepMs: MINUTE },
  day: { lengthMs: DAY, stepMs: QUARTER_MS },
  week: { lengthMs: 7 * DAY, stepMs: HOUR },
};

export interface SeriesQuery {
  readonly period: Period;
  readonly senderId?: string | undefined;
  readonly endpointId?: string | undefined;
  /** Host. */
  readonly target?: string | undefined;
}

export interface Point extends Readonly<Record<Told, number>> {
  /** Start of the step. */
  readonly at: number;
}

export interface Series {
  readonly stepMs: number;
  /** Start of the first step of the period, whether it is known or not. */
  readonly from: number;
  /** Oldest first; of which nothing is known is left out. */
  readonly points: readonly Point[];
  /** Of what it is told, unless of everything that was counted. */
  readonly basis?: SeriesBasis;
}

export interface SeriesBasis {
  /** That were read, those to other targets included. */
  readonly messages: number;
  /** All that were accepted since then. */
  readonly since: number;
}

export interface SeriesDependencies extends ListDependencies {
  readonly counters: Pick<Counters, "perMinute" | "perQuarter">;
  readonly clock: Pick<Clock, "now">;
}

export async function readSeries(deps: SeriesDependencies, query: SeriesQuery): Promise<Series> {
  const { stepMs, lengthMs } = STEPS[query.period];
  const now = deps.clock.now();
  const from = now - (now % stepMs) - lengthMs + stepMs;
  const { senderId, endpointId, target } = query;
  if ((senderId ?? endpointId ?? target) !== undefined)
    return { stepMs, from, ...(await ofMessages(deps, query, from, now)) };
  return { stepMs, from, points: await counted(deps.counters, query.period, from) };
}

/** Of the newest messages that were accepted in the period, as far as they go back. */
async function ofMessages(
  deps: SeriesDependencies,
  { period, senderId, endpointId, target }: SeriesQuery,
  from: number,
  now: number,
): Promise<Pick<Series, "points" | "basis">> {
  const { stepMs } = STEPS[period];
  const rows = await deps.store.list({
    groups: LIST_GROUPS,
    ...(endpointId === undefined ? {} : { endpointId }),
    ...(senderId === undefined ? {} : { senderId }),
    since: from,
    limit: SENDER_COUNT_CAP + 1,
  });
  const newest = rows.slice(0, SENDER_COUNT_CAP);
  const read = await deps.store.getMany(newest.map(({ messageId }) => messageId));
  const own = read.filter((message) => senderId === undefined || message.senderId === senderId);
  const since = rows.length > newest.length ? (newest.at(-1)?.createdAt ?? from) : from;
  const steps = new Map<number, Point & Record<Told, number>>();
  for (let at = since - (since % stepMs); at <= now; at += stepMs) steps.set(at, { at, ...NOTHING });
  countInto(steps, await toTarget(deps, own, target), stepMs);
  return { points: [...steps.values()], basis: { messages: own.length, since } };
}

async function toTarget(
  deps: SeriesDependencies,
  messages: readonly Message[],
  target: string | undefined,
): Promise<readonly Message[]> {
  return target === undefined ? messages : listedTo(deps, messages, target);
}

const NOTHING: Readonly<Record<Told, number>> = {
  accepted: 0,
  completed: 0,
  failed: 0,
  retried: 0,
  rolledBack: 0,
};

async function counted(
  counters: SeriesDependencies["counters"],
  period: Period,
  from: number,
): Promise<readonly Point[]> {
  const { stepMs } = STEPS[period];
  const known =
    period === "hour"
      ? (await counters.perMinute()).map(({ minute, ...counts }) => ({ at: minute, ...counts }))
      : (await counters.perQuarter()).map(({ quarter, ...counts }) => ({ at: quarter, ...counts }));
  const points = new Map<number, Point & Record<Told, number>>();
  for (const { at, ...counts } of known) {
    const step = at - (at % stepMs);
    if (step < from) continue;
    const point = points.get(step) ?? { at: step, ...NOTHING };
    points.set(step, point);
    for (const name of Object.keys(NOTHING) as Told[]) point[name] += counts[name];
  }
  return [...points.values()];
}
