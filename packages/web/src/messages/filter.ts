/** What the messages screen shows, as it stands in the URL: `?tab=failed&sender=acme&target=…&since=…&until=…&key=…`. */
import type { ListQuery, Status } from "../api/types.ts";

export const TABS = [
  "all",
  "attention",
  "pending",
  "queued",
  "processing",
  "completed",
  "failed",
  "cancelled",
] as const;
export type Tab = (typeof TABS)[number];

export const TAB_NAMES: Record<Tab, string> = {
  all: "All",
  attention: "Needs attention",
  pending: "Pending",
  queued: "Queued",
  processing: "Processing",
  completed: "Completed",
  failed: "Failed",
  cancelled: "Cancelled",
};

export interface Filter {
  readonly tab: Tab;
  readonly sender?: string;
  /** Host, with its port if there is one. */
  readonly target?: string;
  /** ISO times. */
  readonly since?: string;
  readonly until?: string;
  /** Idempotency key. */
  readonly key?: string;
}

const FIELDS = ["sender", "target", "since", "until", "key"] as const;

/** Whatever is not a filter is ignored: a URL may be old or mistyped. */
export function parseFilter(search: string): Filter {
  const params = new URLSearchParams(search);
  const tab = TABS.find((name) => name === params.get("tab")) ?? "all";
  const fields = FIELDS.flatMap((name) => {
    const value = params.get(name)?.trim();
    const isTime = name === "since" || name === "until";
    return value && !(isTime && Number.isNaN(Date.parse(value))) ? [[name, value]] : [];
  });
  return { tab, ...Object.fromEntries(fields) };
}

/** The query string of the filter, with its question mark; empty for the default. */
export function filterSearch(filter: Filter): string {
  const params = new URLSearchParams();
  if (filter.tab !== "all") params.set("tab", filter.tab);
  for (const name of FIELDS) {
    const value = filter[name];
    if (value) params.set(name, value);
  }
  const text = params.toString();
  return text ? `?${text}` : "";
}

/** True if anything but the tab narrows the list. */
export function isNarrowed(filter: Filter): boolean {
  return FIELDS.some((name) => filter[name] !== undefined);
}

/** The lists of the API that together, newest first, are the list on the screen. */
export function sourcesOf(filter: Filter): readonly ListQuery[] {
  const { tab, sender, target, since, until, key } = filter;
  const common: ListQuery = {
    ...(sender ? { senderId: sender } : {}),
    ...(target ? { target } : {}),
    ...(since ? { since: new Date(since).toISOString() } : {}),
    ...(until ? { until: new Date(until).toISOString() } : {}),
    ...(key ? { idempotencyKey: key } : {}),
  };
  if (tab === "all" || key) return [common];
  if (tab === "attention")
    return [
      { ...common, status: "FAILED" },
      { ...common, rolledBack: "true" },
    ];
  return [{ ...common, status: tab.toUpperCase() as Status }];
}
