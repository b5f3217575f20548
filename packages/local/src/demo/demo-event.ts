/** Two customers of a service, where their endpoints are, and the events that it sends on their behalf. */
import type { DemoTarget } from "./demo-target.ts";

/** An event as the API takes it. */
export interface DemoEvent {
  readonly senderId: string;
  readonly eventType: string;
  readonly body: unknown;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly idempotencyKey?: string;
}

/** An endpoint as the API takes it; its metadata tell which of the demo's it is. */
export interface DemoEndpoint {
  readonly senderId: string;
  readonly url: string;
  readonly description: string;
  readonly eventTypes?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly metadata: { readonly demo: string };
  readonly state?: "PAUSED" | "DISABLED";
}

/** Has endpoints for nearly everything, in every state. */
const CUSTOMER = "cus_acme";
/** Wants to know of orders and nothing else. */
const SPARING_CUSTOMER = "cus_globex";

/** Each at a receiver with a character of its own: one that works, one that mostly does, two that do not. */
export function demoEndpoints({ url }: DemoTarget): readonly DemoEndpoint[] {
  return [
    {
      senderId: CUSTOMER,
      url: `${url}/orders/hooks`,
      description: "Shop, production",
      eventTypes: ["order.*"],
      headers: { "x-api-key": "demo" },
      metadata: { demo: "shop" },
    },
    {
      senderId: CUSTOMER,
      url: `${url}/invoices/hooks`,
      description: "Bookkeeping",
      eventTypes: ["invoice.*"],
      metadata: { demo: "bookkeeping" },
    },
    {
      senderId: CUSTOMER,
      url: `${url}/search/hooks`,
      description: "Search index",
      metadata: { demo: "search" },
    },
    {
      senderId: CUSTOMER,
      url: `${url}/contacts/hooks`,
      description: "Old contacts, which answer that they are gone",
      eventTypes: ["contact.*"],
      metadata: { demo: "contacts" },
    },
    {
      senderId: CUSTOMER,
      url: `${url}/orders/archive`,
      description: "Archive, until it has more room",
      metadata: { demo: "archive" },
      state: "DISABLED",
    },
    {
      senderId: CUSTOMER,
      url: `${url}/orders/warehouse`,
      description: "Warehouse, while they move",
      eventTypes: ["order.created", "stock.*"],
      metadata: { demo: "moving" },
      state: "PAUSED",
    },
    {
      senderId: SPARING_CUSTOMER,
      url: `${url}/orders/globex`,
      description: "Warehouse",
      eventTypes: ["order.created"],
      metadata: { demo: "warehouse" },
    },
  ];
}

const KINDS: readonly (readonly [senderId: string, eventType: string])[] = [
  [CUSTOMER, "order.created"],
  [CUSTOMER, "invoice.paid"],
  [SPARING_CUSTOMER, "order.created"],
  [CUSTOMER, "order.shipped"],
  [CUSTOMER, "contact.merged"],
  // Nobody there wants it.
  [SPARING_CUSTOMER, "invoice.paid"],
  [CUSTOMER, "stock.counted"],
];

/** The nth event of the demo. */
export function demoEvent(n: number): DemoEvent {
  const [senderId, eventType] = KINDS[n % KINDS.length] ?? [CUSTOMER, "order.created"];
  const noun = eventType.slice(0, eventType.indexOf("."));
  return {
    senderId,
    eventType,
    body: { type: eventType, [noun]: { id: 10_000 + n, customer: senderId } },
    metadata: { [noun]: String(10_000 + n) },
    idempotencyKey: `${eventType}-${n}`,
  };
}
