/** How what the API shows is written: times as text, absent instead of null. */
import { isFinished, type Message } from "@homing/core/message/message";
import { formatTimestamp } from "@homing/core/message/timestamp";

export function nextAttemptAt({ status, notBefore }: Message): string | undefined {
  return isFinished(status) || status === "PROCESSING" ? undefined : time(notBefore);
}

export function time(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : formatTimestamp(ms);
}

/** Without the attributes that are undefined: absent, never null. */
export function compact<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as T;
}
