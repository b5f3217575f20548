/** Counters in the table: kept in memory, added up there about once a second, spread over ten items. */
import { type DynamoDBClient, QueryCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { type Clock, elapsedMs, type Moment, momentOf } from "@homing/core/clock";
import { DAY, HOUR, MINUTE, SECOND } from "@homing/core/duration";
import type { Observer } from "@homing/core/observe/observe";
import {
  COUNTED,
  type Counted,
  type Counters,
  type Counts,
  type MinuteCounts,
  noCounts,
  type QuarterCounts,
} from "@homing/core/stats/counters";
import { lastQuarters, quartersOf } from "@homing/core/stats/quarters";
import { lastMinutes } from "@homing/core/stats/stats";
import { CountedHours } from "./counted-hours.ts";
import { encodeExpiry, type Item } from "./message-item.ts";

/** One item takes 1,000 writes a second, and every process writes here. */
const SPREAD = 10;
const FLUSH_INTERVAL_MS = SECOND;
const FLUSH_JITTER_MS = 500;
const MINUTES_KEPT_MS = 4 * HOUR;
/** So long after an hour has ended its minutes are still there, and may still be added to by whoever was frozen. */
const UNTIL_KEPT_MS = 2 * HOUR;

interface CountersOptions {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  readonly clock: Clock;
  readonly random: () => number;
  readonly observer: Pick<Observer, "log">;
  /** Finished messages are kept this long, and so are the days that count them. */
  readonly retentionMs: number;
}

export class DynamoDbCounters implements Counters {
  readonly #options: CountersOptions;
  readonly #pending = new Map<number, Record<Counted, number>>();
  /** Undefined before the first. */
  #lastFlush: { readonly since: Moment; readonly intervalMs: number } | undefined;
  #started = false;
  /** The hour in which what was before it has been kept. */
  #keptUntil: number | undefined;
  readonly #hours: CountedHours;
  #writing: Promise<void> = Promise.resolve();

  constructor(options: CountersOptions) {
    this.#options = options;
    this.#hours = new CountedHours(options.client, options.tableName);
  }

  add(what: Counted, by = 1): void {
    const minute = startOf(MINUTE, this.#options.clock.now());
    const counts = this.#pending.get(minute) ?? noCounts();
    counts[what] += by;
    this.#pending.set(minute, counts);
  }

  async flush(force = false): Promise<void> {
    if (force || this.#started || this.#isDue()) this.#write();
    this.#started = false;
    await this.#writing;
  }

  startFlush(): void {
    if (this.#started || this.#pending.size === 0 || !this.#isDue()) return;
    this.#started = true;
    this.#write();
  }

  #isDue(): boolean {
    const last = this.#lastFlush;
    return last === undefined || elapsedMs(this.#options.clock, last.since) >= last.intervalMs;
  }

  #write(): void {
    if (this.#pending.size === 0) return;
    const { clock, random } = this.#options;
    this.#lastFlush = {
      since: momentOf(clock),
      intervalMs: FLUSH_INTERVAL_MS + random() * FLUSH_JITTER_MS,
    };
    const pending = [...this.#pending];
    this.#pending.clear();
    const earlier = this.#writing;
    const written = this.#writeMinutes(pending);
    this.#writing = earlier.then(() => written);
  }

  async #writeMinutes(pending: ReadonlyArray<readonly [number, Counts]>): Promise<void> {
    try {
      await Promise.all(pending.map(([minute, counts]) => this.#writeMinute(minute, counts)));
    } catch (error) {
      // Numbers to look at: worth a line, never worth failing a message for.
      this.#options.observer.log.write("warn", "counters_lost", { minutes: pending.length }, error);
    }
  }

  async perMinute(): Promise<readonly MinuteCounts[]> {
    const minutes = lastMinutes(this.#options.clock.now());
    const byKey = new Map(minutes.map((one) => [minuteKey(one.minute), one]));
    for (const item of await this.#read(minuteKey(minutes[0]?.minute ?? 0), "minute#~")) {
      const minute = byKey.get(item.sk?.S ?? "");
      if (minute) addTo(minute, item);
    }
    return minutes;
  }

  async perQuarter(): Promise<readonly QuarterCounts[]> {
    const now = this.#options.clock.now();
    const quarters = lastQuarters(now);
    const recent = startOf(HOUR, now) - UNTIL_KEPT_MS;
    const [kept, minutes] = await Promise.all([
      this.#hours.read(quarters[0] ?? 0, recent),
      this.#readMinutes(recent, now),
    ]);
    const known = new Map(kept.map((one) => [one.quarter, one]));
    for (const one of quartersOf(minutes, quarters)) if (one.quarter >= recent) known.set(one.quarter, one);
    return quarters.flatMap((quarter) => known.get(quarter) ?? []);
  }

  async keepQuarters(): Promise<void> {
    const { clock, observer } = this.#options;
    const present = startOf(HOUR, clock.now());
    if (this.#keptUntil === present) return;
    try {
      const first = present - UNTIL_KEPT_MS;
      const minutes = await this.#readMinutes(first, present - 1);
      const hours = Array.from({ length: UNTIL_KEPT_MS / HOUR }, (_, index) => first + index * HOUR);
      await Promise.all(hours.map((hour) => this.#hours.write(hour, minutes)));
      this.#keptUntil = present;
    } catch (error) {
      observer.log.write("warn", "counters_lost", { hour: new Date(present).toISOString() }, error);
    }
  }

  async #readMinutes(from: number, to: number): Promise<ReadonlyArray<readonly [number, Counts]>> {
    const items = await this.#read(minuteKey(from), minuteKey(to));
    return items.map((item) => {
      const counts = noCounts();
      addTo(counts, item);
      return [Date.parse(`${item.sk?.S?.slice("minute#".length)}Z`), counts];
    });
  }

  async kept(): Promise<Counts> {
    const { clock, retentionMs } = this.#options;
    const sum = noCounts();
    for (const item of await this.#read(dayKey(clock.now() - retentionMs), "day#~")) addTo(sum, item);
    return sum;
  }

  async #writeMinute(minute: number, counts: Counts): Promise<void> {
    const { retentionMs } = this.#options;
    await Promise.all([
      this.#add(minuteKey(minute), counts, minute + MINUTES_KEPT_MS),
      this.#add(dayKey(minute), counts, minute + retentionMs + DAY),
    ]);
  }

  async #add(sk: string, counts: Counts, expiresAt: number): Promise<void> {
    const { client, tableName, random } = this.#options;
    const changed = COUNTED.filter((name) => counts[name] !== 0);
    await client.send(
      new UpdateItemCommand({
        TableName: tableName,
        Key: { pk: { S: spreadKey(Math.floor(random() * SPREAD)) }, sk: { S: sk } },
        UpdateExpression: `SET expiresAt = :expiresAt ADD ${changed.map((name) => `${name} :${name}`).join(", ")}`,
        ExpressionAttributeValues: {
          ":expiresAt": encodeExpiry(expiresAt),
          ...Object.fromEntries(changed.map((name) => [`:${name}`, { N: String(counts[name]) }])),
        },
      }),
    );
  }

  async #read(from: string, to: string): Promise<Item[]> {
    const { client, tableName } = this.#options;
    const pages = Array.from({ length: SPREAD }, (_, index) =>
      client.send(
        new QueryCommand({
          TableName: tableName,
          KeyConditionExpression: "pk = :pk AND sk BETWEEN :from AND :to",
          ExpressionAttributeValues: {
            ":pk": { S: spreadKey(index) },
            ":from": { S: from },
            ":to": { S: to },
          },
        }),
      ),
    );
    return (await Promise.all(pages)).flatMap((page) => page.Items ?? []);
  }
}

function addTo(sum: Record<Counted, number>, item: Item): void {
  for (const name of COUNTED) sum[name] += Number(item[name]?.N ?? 0);
}

function spreadKey(index: number): string {
  return `stats#${index}`;
}

function minuteKey(ms: number): string {
  return `minute#${new Date(ms).toISOString().slice(0, 16)}`;
}

function dayKey(ms: number): string {
  return `day#${new Date(ms).toISOString().slice(0, 10)}`;
}

function startOf(unitMs: number, ms: number): number {
  return ms - (ms % unitMs);
}
