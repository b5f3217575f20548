/** What the events screen shows, as it stands in the URL: `?tab=unmatched&sender=acme&type=invoice.paid&metadata=…&since=…`. */
import type { EventQuery } from "../api/types.ts";

export interface EventFilter {
  /** Only those that went to no endpoint. */
  readonly isUnmatched: boolean;
  readonly sender?: string;
  readonly type?: string;
  /** `name=value`, of its metadata. */
  readonly metadata?: string;
  /** ISO times. */
  readonly since?: string;
  readonly until?: string;
}

const FIELDS = ["sender", "type", "metadata", "since", "until"] as const;

/** Whatever is not a filter is ignored: a URL may be old or mistyped. */
export function parseEventFilter(search: string): EventFilter {
  const params = new URLSearchParams(search);
  const fields = FIELDS.flatMap((name) => {
    const value = params.get(name)?.trim();
    const isTime = name === "since" || name === "until";
    if (!value || (isTime && Number.isNaN(Date.parse(value)))) return [];
    return name === "metadata" && !/^[^=]+=/.test(value) ? [] : [[name, value]];
  });
  return { isUnmatched: params.get("tab") === "unmatched", ...Object.fromEntries(fields) };
}

/** The query string of the filter, with its question mark; empty for the default. */
export function eventSearch(filter: EventFilter): string {
  const params = new URLSearchParams();
  if (filter.isUnmatched) params.set("tab", "unmatched");
  for (const name of FIELDS) {
    const value = filter[name];
    if (value) params.set(name, value);
  }
  const text = params.toString();
  return text ? `?${text}` : "";
}

/** True if anything but the tab narrows the list. */
export function isNarrowed(filter: EventFilter): boolean {
  return FIELDS.some((name) => filter[name] !== undefined);
}

export function eventQuery({ isUnmatched, sender, type, metadata, since, until }: EventFilter): EventQuery {
  return {
    ...(isUnmatched ? { matched: "none" } : {}),
    ...(sender ? { senderId: sender } : {}),
    ...(type ? { eventType: type } : {}),
    ...(metadata ? { metadata } : {}),
    ...(since ? { since: new Date(since).toISOString() } : {}),
    ...(until ? { until: new Date(until).toISOString() } : {}),
  };
}
