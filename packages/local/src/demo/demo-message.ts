import { HOUR, MINUTE, SECOND } from "@homing/core/duration";
import type { DemoTarget } from "./demo-target.ts";

/** A message as the API takes it in a batch. */
export interface DemoMessage {
  readonly targetUrl: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly senderId: string;
  readonly deliverAt?: string;
  readonly deliverBy?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly idempotencyKey?: string;
  readonly orderingKey?: string;
  readonly afterFailure?: "block";
}

type Kind = (n: number, target: DemoTarget, now: number) => DemoMessage;

const at = (time: number): string => new Date(time).toISOString();

const order: Kind = (n, target) => ({
  targetUrl: `${target.url}/orders/created`,
  senderId: "shop",
  headers: { "content-type": "application/json", authorization: "Bearer demo" },
  body: {
    type: "order.created",
    order: {
      id: 10_000 + n,
      total: 49.9,
      currency: "EUR",
      lines: [{ sku: "HOME-1", quantity: (n % 3) + 1 }],
    },
  },
  metadata: { order: String(10_000 + n) },
  idempotencyKey: `order-${10_000 + n}`,
});

const invoice: Kind = (n, target) => ({
  targetUrl: `${target.url}/invoices/paid`,
  senderId: "billing",
  body: { type: "invoice.paid", invoice: `INV-${2_000 + n}`, amount: 12_50, paidAt: "2026-11-22T01:30:00Z" },
  metadata: { invoice: `INV-${2_000 + n}` },
});

const to =
  (senderId: string, path: string): Kind =>
  (n, target) => ({
    targetUrl: `${target.url}${path}`,
    senderId,
    body: { type: path.slice(1).replace("/", "."), number: n },
  });

/** Text that tries to be more than text: the dashboard shows it for what it is. */
const hostile: Kind = (_n, target) => ({
  targetUrl: `${target.url}/orders/note`,
  senderId: "shop",
  headers: { "content-type": "text/plain; charset=utf-8" },
  body: `<script>alert("hello")</script> invoice_\u202Efdp.exe\u202C\nשלום, مرحبا, 你好 👋\n${"long ".repeat(2_000)}`,
  metadata: { note: "as the customer typed it" },
});

/** What is sent, the usual case as often as it is usual. */
const KINDS: readonly Kind[] = [
  order,
  order,
  order,
  invoice,
  order,
  to("crm", "/contacts/merged"),
  order,
  order,
  invoice,
  to("shop", "/partners/stock"),
  order,
  order,
  to("analytics", "/events/page-viewed"),
  order,
  invoice,
  to("shop", "/search/reindex"),
  order,
  order,
  to("crm", "/legacy/sync"),
  order,
  to("warehouse", "/inventory/counted"),
  invoice,
  order,
  order,
  to("warehouse", "/reports/daily"),
  order,
  (n, target) => ({ ...order(n, target, 0), targetUrl: `${target.closedUrl}/orders`, senderId: "warehouse" }),
  order,
  (n, target, now) => ({
    ...to("analytics", "/events/digest")(n, target, now),
    deliverBy: at(now + 10 * SECOND),
  }),
  order,
  (n, target, now) => ({ ...invoice(n, target, now), deliverAt: at(now + 2 * HOUR) }),
  order,
  (n, target, now) => ({ ...order(n, target, now), deliverAt: at(now + 3 * MINUTE) }),
  order,
  hostile,
  order,
];

const IN_LANE = 6;

/**
 * The bookings of two accounts, each account's in order: the ledger is down for a while and holds one up; the other
 * is blocked by a booking that is refused, until somebody retries or skips it.
 */
export function demoLanes(n: number, { url }: DemoTarget): readonly DemoMessage[] {
  const booking = (account: string, i: number): DemoMessage => ({
    targetUrl: `${url}/ledger/${account}`,
    senderId: "ledger",
    body: { type: "booking.made", account, number: n + i, amount: 25_00 },
    orderingKey: account,
    afterFailure: "block",
  });
  return ["account-17", "account-refused"].flatMap((account) =>
    Array.from({ length: IN_LANE }, (_, i) => booking(account, i)),
  );
}

/** The nth message of the demo; `now` in milliseconds since the epoch. */
export function demoMessage(n: number, target: DemoTarget, now: number): DemoMessage {
  const kind = KINDS[n % KINDS.length] ?? order;
  return kind(n, target, now);
}
