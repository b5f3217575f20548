/** What the messages screen shows, as it stands in the URL: `?tab=failed&sender=acme&target=…&endpoint=ep_…&event=evt_…&ordering=…&reason=…&answer=…&type=…&correlation=…&metadata=…&since=…&until=…&key=…`. */
import type { ListQuery, MessageItem, Status } from "../api/types.ts";
import { waitOf } from "../ui/status.ts";
import { NEWEST_FIRST, type Order, SOONEST_FIRST } from "./order.ts";

export const TABS = [
  "all",
  "attention",
  "waiting",
  "queued",
  "processing",
  "completed",
  "failed",
  "resolved",
  "cancelled",
] as const;
export type Tab = (typeof TABS)[number];

export const TAB_NAMES: Record<Tab, string> = {
  all: "All",
  attention: "Needs attention",
  waiting: "Waiting",
  queued: "Queued",
  processing: "Processing",
  completed: "Completed",
  failed: "Failed",
  resolved: "Resolved",
  cancelled: "Cancelled",
};

export interface Filter {
  readonly tab: Tab;
  readonly sender?: string;
  /** Host, with its port if there is one. */
  readonly target?: string;
  /** Only deliveries to this endpoint, of this event. */
  readonly endpoint?: string;
  readonly event?: string;
  /** Ordering key: those of one lane. */
  readonly ordering?: string;
  /** Why it failed, as the API names it. */
  readonly reason?: string;
  /** What the target answered to the latest attempt. */
  readonly answer?: string;
  /** Correlation id of the call that sent it. */
  readonly correlation?: string;
  /** `name=value`, of its metadata. */
  readonly metadata?: string;
  /** Of an event; needs a sender, an endpoint or an event beside it. */
  readonly type?: string;
  /** ISO times. */
  readonly since?: string;
  readonly until?: string;
  /** Idempotency key. */
  readonly key?: string;
}

/** How links of earlier dashboards, and people who know the API, call a tab. */
const OTHER_NAMES: Readonly<Record<string, Tab>> = { pending: "waiting" };

const FIELDS = [
  "sender",
  "target",
  "endpoint",
  "event",
  "ordering",
  "reason",
  "answer",
  "type",
  "correlation",
  "metadata",
  "since",
  "until",
  "key",
] as const;

/** Whatever is not a filter is ignored: a URL may be old or mistyped. */
export function parseFilter(search: string): Filter {
  const params = new URLSearchParams(search);
  const asked = params.get("tab") ?? "";
  const tab = TABS.find((name) => name === asked) ?? OTHER_NAMES[asked] ?? "all";
  const fields = FIELDS.flatMap((name) => {
    const value = params.get(name)?.trim();
    const isTime = name === "since" || name === "until";
    if (!value || (isTime && Number.isNaN(Date.parse(value)))) return [];
    if (name === "metadata" && !/^[^=]+=/.test(value)) return [];
    return name === "answer" && !/^[1-9]\d\d$/.test(value) ? [] : [[name, value]];
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

/** Unfinished messages by what happens to them next, all others, and all deliveries, by when they were accepted. */
export function orderOf({ tab, key, endpoint, event }: Filter): Order {
  const isUnfinished = tab === "waiting" || tab === "queued" || tab === "processing";
  return isUnfinished && !key && !endpoint && !event ? SOONEST_FIRST : NEWEST_FIRST;
}

/**
 * Whether a message of those lists is to be shown. What the queue holds until its time comes is QUEUED to the
 * API, and waits.
 */
export function belongs({ tab, key }: Filter, item: MessageItem, now: number): boolean {
  if (key) return true;
  if (tab === "waiting") return item.status === "PENDING" || waitOf(item, now) !== undefined;
  return tab !== "queued" || waitOf(item, now) === undefined;
}

/** Only what has failed has a reason. */
export function hasReasons(tab: Tab): boolean {
  return tab === "all" || tab === "attention" || tab === "failed" || tab === "resolved";
}

/** What somebody has dealt with has a tab of its own. */
const OPEN_FAILURES = { status: "FAILED", resolved: "false" } as const;

/** The lists of the API that together, in the order of `orderOf`, are the list on the screen. */
export function sourcesOf(filter: Filter): readonly ListQuery[] {
  const { tab, sender, target, endpoint, event, ordering, since, until, key } = filter;
  const { reason, answer, type, correlation, metadata } = filter;
  const common: ListQuery = {
    ...(sender ? { senderId: sender } : {}),
    ...(target ? { target } : {}),
    ...(endpoint ? { endpointId: endpoint } : {}),
    ...(event ? { eventId: event } : {}),
    ...(ordering ? { orderingKey: ordering } : {}),
    ...(reason && hasReasons(tab) ? { failureReason: reason as ListQuery["failureReason"] } : {}),
    ...(answer ? { responseStatus: answer } : {}),
    ...(type ? { eventType: type } : {}),
    ...(correlation ? { correlationId: correlation } : {}),
    ...(metadata ? { metadata } : {}),
    ...(since ? { since: new Date(since).toISOString() } : {}),
    ...(until ? { until: new Date(until).toISOString() } : {}),
    ...(key ? { idempotencyKey: key } : {}),
  };
  if (tab === "all" || key) return [common];
  if (tab === "attention")
    return [
      { ...common, ...OPEN_FAILURES },
      { ...common, rolledBack: "true" },
    ];
  if (tab === "waiting")
    return [
      { ...common, status: "PENDING" },
      { ...common, status: "QUEUED" },
    ];
  if (tab === "failed") return [{ ...common, ...OPEN_FAILURES }];
  if (tab === "resolved") return [{ ...common, status: "FAILED", resolved: "true" }];
  return [{ ...common, status: tab.toUpperCase() as Status }];
}
