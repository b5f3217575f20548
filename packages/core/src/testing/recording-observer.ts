import type { LogFields, LogLevel, MetricName, Observer } from "../observe/observe.ts";

export interface LogLine {
  readonly level: LogLevel;
  readonly event: string;
  readonly fields: LogFields;
  readonly error?: unknown;
}

/** Keeps what the core reports, for a test to look at. */
export class RecordingObserver implements Observer {
  readonly lines: LogLine[] = [];
  readonly counts = new Map<string, number>();

  readonly log = {
    write: (level: LogLevel, event: string, fields: LogFields, error?: unknown): void => {
      this.lines.push({ level, event, fields, ...(error === undefined ? {} : { error }) });
    },
  };

  readonly metrics = {
    add: (name: MetricName, value = 1, dimensions: Readonly<Record<string, string>> = {}): void => {
      for (const key of new Set([name, [name, ...Object.values(dimensions)].join(" ")])) {
        this.counts.set(key, (this.counts.get(key) ?? 0) + value);
      }
    },
  };

  /** Of a metric over all its dimensions, or of one: `SendFailures QUEUE_MISSING`. */
  count(name: string): number {
    return this.counts.get(name) ?? 0;
  }

  events(): string[] {
    return this.lines.map(({ event }) => event);
  }
}
