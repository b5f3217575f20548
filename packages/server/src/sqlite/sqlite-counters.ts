/** What happened, by minute, quarter of an hour and day, on SQLite: counted in memory, and written whenever somebody flushes. */
import type { Clock } from "@homing/core/clock";
import { DAY, HOUR, MINUTE } from "@homing/core/duration";
import {
  COUNTED,
  type Counted,
  type Counters,
  type Counts,
  type MinuteCounts,
  noCounts,
  QUARTER_MS,
  QUARTERS_KEPT_MS,
  type QuarterCounts,
} from "@homing/core/stats/counters";
import { lastQuarters, quartersOf } from "@homing/core/stats/quarters";
import { lastMinutes } from "@homing/core/stats/stats";
import type { Database } from "./database.ts";

const UNITS = { minute: MINUTE, quarter: QUARTER_MS, day: DAY } as const;
type Unit = keyof typeof UNITS;
const MINUTES_KEPT_MS = 2 * HOUR;

interface CountRow {
  readonly startsAt: number;
  readonly what: Counted;
  readonly count: number;
}

export class SqliteCounters implements Counters {
  readonly #database: Database;
  readonly #clock: Pick<Clock, "now">;
  readonly #retentionMs: number;
  readonly #sql: ReturnType<typeof prepare>;
  #pending = new Map<number, Record<Counted, number>>();
  #flushing: Promise<void> = Promise.resolve();

  constructor(database: Database, clock: Pick<Clock, "now">, retentionMs: number) {
    this.#database = database;
    this.#clock = clock;
    this.#retentionMs = retentionMs;
    this.#sql = prepare(database);
  }

  add(what: Counted, by = 1): void {
    this.#add(startOf(MINUTE, this.#clock.now()), { ...noCounts(), [what]: by });
  }

  flush(): Promise<void> {
    this.startFlush();
    return this.#flushing;
  }

  startFlush(): void {
    if (this.#pending.size === 0) return;
    const pending = this.#pending;
    this.#pending = new Map();
    const { committed } = this.#database.count;
    this.#flushing = this.#database
      .whenSafe(() => this.#database.write(() => this.#write(pending)))
      // Undone with all of its group: counted again with the next. What was committed stands, though its sync failed.
      .catch(() => {
        if (this.#database.count.committed > committed) return;
        for (const [minute, counts] of pending) this.#add(minute, counts);
      });
  }

  async perMinute(): Promise<readonly MinuteCounts[]> {
    const minutes = lastMinutes(this.#clock.now());
    const byStart = new Map(minutes.map((one) => [one.minute, one]));
    for (const { startsAt, what, count } of this.#since("minute", minutes[0]?.minute ?? 0)) {
      const minute = byStart.get(startsAt);
      if (minute) minute[what] += count;
    }
    return minutes;
  }

  async perQuarter(): Promise<readonly QuarterCounts[]> {
    const quarters = lastQuarters(this.#clock.now());
    const rows = this.#since("quarter", quarters[0] ?? 0);
    const counted = rows.map(
      ({ startsAt, what, count }) => [startsAt, { ...noCounts(), [what]: count }] as const,
    );
    return quartersOf(counted, quarters);
  }

  /** Quarters are written with the minutes. */
  async keepQuarters(): Promise<void> {}

  async kept(): Promise<Counts> {
    const sum = noCounts();
    const first = startOf(DAY, this.#clock.now() - this.#retentionMs);
    for (const { what, count } of this.#since("day", first)) sum[what] += count;
    return sum;
  }

  /** What is written, and what is to be. */
  #since(unit: Unit, first: number): CountRow[] {
    return this.#database.read(() => [
      ...(this.#sql.since.all(unit, first) as unknown as readonly CountRow[]),
      ...[...this.#pending].flatMap(([minute, counts]) =>
        COUNTED.map((what) => ({ startsAt: startOf(UNITS[unit], minute), what, count: counts[what] })),
      ),
    ]);
  }

  #add(minute: number, counts: Counts): void {
    const sum = this.#pending.get(minute) ?? noCounts();
    for (const what of COUNTED) sum[what] += counts[what];
    this.#pending.set(minute, sum);
  }

  #write(pending: ReadonlyMap<number, Counts>): void {
    for (const [minute, counts] of pending) {
      for (const what of COUNTED.filter((name) => counts[name] !== 0)) {
        for (const unit of Object.keys(UNITS) as Unit[])
          this.#sql.add.run(unit, startOf(UNITS[unit], minute), what, counts[what]);
      }
    }
    const now = this.#clock.now();
    this.#sql.forget.run("minute", now - MINUTES_KEPT_MS);
    this.#sql.forget.run("quarter", now - QUARTERS_KEPT_MS - HOUR);
    this.#sql.forget.run("day", now - this.#retentionMs - 2 * DAY);
  }
}

function prepare(database: Database) {
  return {
    add: database.prepare(`
      INSERT INTO counts (unit, starts_at, what, count) VALUES (?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET count = count + excluded.count`),
    since: database.prepare(`
      SELECT starts_at AS startsAt, what, count FROM counts WHERE unit = ? AND starts_at >= ?`),
    forget: database.prepare("DELETE FROM counts WHERE unit = ? AND starts_at < ?"),
  };
}

function startOf(unitMs: number, ms: number): number {
  return ms - (ms % unitMs);
}
