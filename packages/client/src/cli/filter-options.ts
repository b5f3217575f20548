import type { RetryFilter } from "../types.ts";
import { timeBefore } from "./times.ts";

/** The options by which messages are chosen. */
export const FILTER_OPTIONS = {
  sender: { type: "string" },
  target: { type: "string" },
  since: { type: "string" },
  until: { type: "string" },
} as const;

export const FILTER_EXPLANATIONS = [
  "--sender S        of this sender",
  "--target HOST     to this host",
  "--since TIME      accepted at or after: 2026-12-24T08:00:00Z, or 2h for two hours ago",
  "--until TIME      accepted before: the same",
];

type FilterValues = { readonly [Name in keyof typeof FILTER_OPTIONS]?: string | undefined };

export function filterOf({ sender, target, since, until }: FilterValues, now: number): RetryFilter {
  return {
    senderId: sender,
    target,
    since: timeBefore(now, since, "--since"),
    until: timeBefore(now, until, "--until"),
  };
}
