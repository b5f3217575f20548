/** Counts as the API shows them, now and over time. */
import { formatTimestamp } from "@homing/core/message/timestamp";
import type { Series } from "@homing/core/stats/series";
import type { Stats } from "@homing/core/stats/stats";
import type { SeriesView, StatsView } from "../answers/stats.ts";

export function presentStats({ lastAttempt, ...stats }: Stats): StatsView {
  return {
    ...stats,
    ...(lastAttempt ? { lastAttempt: { ...lastAttempt, at: formatTimestamp(lastAttempt.at) } } : {}),
    capped: [...stats.capped],
    approximate: [...stats.approximate],
    perMinute: stats.perMinute.map(({ minute, cancelled: _, revived: __, resolved: ___, ...counts }) => ({
      minute: formatTimestamp(minute),
      ...counts,
    })),
  };
}

export function presentSeries({ stepMs, from, points, basis }: Series): SeriesView {
  return {
    stepSeconds: stepMs / 1_000,
    from: formatTimestamp(from),
    points: points.map(({ at, ...counts }) => ({ at: formatTimestamp(at), ...counts })),
    ...(basis ? { basis: { ...basis, since: formatTimestamp(basis.since) } } : {}),
  };
}
