/** What happened, minute by minute: approximate on purpose, so that counting costs no write per message. */
import { DAY, MINUTE } from "../duration.ts";

/**
 * `revived`: failed messages that people retried; they are failed no more, though they did fail. `resolved`: those that
 * people have dealt with; once resolved, a retry takes nothing more away.
 */
export const COUNTED = [
  "accepted",
  "completed",
  "failed",
  "retried",
  "rolledBack",
  "cancelled",
  "revived",
  "resolved",
] as const;
export type Counted = (typeof COUNTED)[number];
/** What charts tell of; the others are counted for the sums of days alone. */
export type Told = Exclude<Counted, "cancelled" | "revived" | "resolved">;
export type Counts = Readonly<Record<Counted, number>>;

export interface MinuteCounts extends Counts {
  /** Start of the minute, milliseconds since the epoch. */
  readonly minute: number;
}

export interface QuarterCounts extends Counts {
  /** Start of the quarter of an hour, milliseconds since the epoch. */
  readonly quarter: number;
}

export const QUARTER_MS = 15 * MINUTE;
/** For so long they are told. */
export const QUARTERS_KEPT_MS = 7 * DAY;

export interface Counters {
  /** Adds to the present minute, in memory. */
  add(what: Counted, by?: number): void;
  /** Writes what has been added, at most about once a second; the rest waits for a later call. Never rejects. */
  flush(force?: boolean): Promise<void>;
  /**
   * Lets a flush begin while its caller has other calls to make. The next `flush` waits for it and writes what has
   * been added since, whatever the time: the process may not be asked again.
   */
  startFlush(): void;
  /** The 60 minutes up to the present one, oldest first, those without events included. */
  perMinute(): Promise<readonly MinuteCounts[]>;
  /**
   * The quarters of an hour of the last 7 days, the present one included, oldest first. Those of which nothing is known
   * are left out: that is not the same as nothing having happened.
   */
  perQuarter(): Promise<readonly QuarterCounts[]>;
  /**
   * Keeps what the minutes of the last hours say for as long as quarters are told, where minutes are forgotten sooner.
   * To be called at least every two hours; it writes twice an hour, whatever was counted. Never rejects.
   */
  keepQuarters(): Promise<void>;
  /** Sums over as many days as finished messages are kept. */
  kept(): Promise<Counts>;
}

export function noCounts(): Record<Counted, number> {
  return {
    accepted: 0,
    completed: 0,
    failed: 0,
    retried: 0,
    rolledBack: 0,
    cancelled: 0,
    revived: 0,
    resolved: 0,
  };
}
