/**
 * The log lines of AWS, written by a process that writes thousands a second: those of one turn of the event loop go out
 * together.
 */
import type { Log, LogLevel } from "@homing/core/observe/observe";
import { describeError } from "@homing/functions/observe/describe-error";

export interface JsonLogOptions {
  /** The least that is written, in Powertools' words; INFO unless it is one of them. */
  readonly level?: string | undefined;
  readonly write: (text: string) => void;
  readonly now?: () => Date;
}

export interface JsonLog extends Log {
  /** Writes out what has been gathered: before the process ends. */
  flush(): void;
}

const LEVELS = ["debug", "info", "warn", "error", "silent"];

export function createJsonLog({ level, write, now = () => new Date() }: JsonLogOptions): JsonLog {
  const given = LEVELS.indexOf(level?.toLowerCase() ?? "");
  const least = given < 0 ? LEVELS.indexOf("info") : given;
  let lines: string[] = [];
  const flush = () => {
    if (lines.length === 0) return;
    const text = lines.join("");
    lines = [];
    write(text);
  };
  return {
    flush,
    write(lineLevel: LogLevel, event, fields, error) {
      if (LEVELS.indexOf(lineLevel) < least) return;
      if (lines.length === 0) setImmediate(flush);
      const line = {
        level: lineLevel.toUpperCase(),
        message: event,
        timestamp: now().toISOString(),
        service: "homing",
        event,
        ...fields,
        ...(error === undefined ? {} : { error: describeError(error) }),
      };
      lines.push(`${JSON.stringify(line)}\n`);
    },
  };
}
