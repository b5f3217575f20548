import { type Message, responseStatusOf } from "../message/message.ts";

/** An attempt that has ended. */
export interface AttemptEnd {
  /** When it ended. */
  readonly at: number;
  readonly outcome: "SUCCEEDED" | "FAILED";
  readonly messageId: string;
  /** Of the latest attempt of its message alone. */
  readonly responseStatus?: number;
}

const FAILED_WITH = new Set<string>([
  "RETRY",
  "TARGET_REJECTED",
  "ATTEMPTS_EXHAUSTED",
  "TARGET_NOT_ALLOWED",
] satisfies Message["history"][number]["reason"][]);

/** As their histories tell them, so that no record of an attempt has to be read; the newest first. */
export function attemptEndsOf(messages: readonly Message[]): readonly AttemptEnd[] {
  return messages.flatMap(endsOf).toSorted((a, b) => b.at - a.at);
}

function endsOf(message: Message): readonly AttemptEnd[] {
  const { messageId, history } = message;
  const ends = history.flatMap(({ at, from, reason }): AttemptEnd[] => {
    if (from !== "PROCESSING") return [];
    if (reason === "DELIVERED") return [{ at, outcome: "SUCCEEDED", messageId }];
    return FAILED_WITH.has(reason) ? [{ at, outcome: "FAILED", messageId }] : [];
  });
  const responseStatus = responseStatusOf(message);
  const latest = ends.pop();
  if (latest === undefined) return [];
  return [...ends, responseStatus === undefined ? latest : { ...latest, responseStatus }];
}
