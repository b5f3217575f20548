import { describe, expect, it } from "vitest";
import { ApiError } from "../api/api-error.ts";
import type { Endpoint, EndpointQuery, EventItem, EventQuery, ListQuery, MessageItem } from "../api/types.ts";
import { find, onlyMeaning } from "./find.ts";

const never = new AbortController().signal;
const TIME = "2026-11-22T01:00:00.000Z";
const item = (changes: Partial<MessageItem>): MessageItem => ({
  messageId: "msg_01KAMQ6H5T3VX9BBW1C2D3E4F5",
  status: "COMPLETED",
  senderId: "acme",
  targetUrl: "https://api.example.com/hook",
  correlationId: "8e1f2a3b-0000-4000-8000-000000000001",
  createdAt: TIME,
  updatedAt: TIME,
  attemptCount: 1,
  maxAttempts: 10,
  sends: { count: 1, rollbacks: 0 },
  ...changes,
});
const first = item({});
const second = item({
  messageId: "msg_01KAMQ7ZZZ3VX9BBW1C2D3E4F6",
  senderId: "globex",
  targetUrl: "https://hooks.example.org/in",
  correlationId: "checkout-7f3a",
  idempotencyKey: "order-42",
});

const event: EventItem = {
  eventId: "evt_01KAMQ9H5T3VX9BBW1C2D3E4F7",
  status: "EXPANDED",
  senderId: "acme",
  eventType: "invoice.paid",
  idempotencyKey: "invoice-7",
  correlationId: "c",
  createdAt: TIME,
  matched: 1,
  skipped: [],
  skippedCount: 0,
};
const endpoint: Endpoint = {
  endpointId: "ep_01KAMQAH5T3VX9BBW1C2D3E4F8",
  senderId: "acme",
  url: "https://api.example.com/hook",
  headers: {},
  svixHeaders: false,
  state: "ACTIVE",
  stateReason: "REQUESTED",
  health: "OK",
  stateSince: TIME,
  secret: { generation: 1, imported: false },
  createdAt: TIME,
  updatedAt: TIME,
};

/** An API with these messages, the latest first. */
function api(items: readonly MessageItem[], senderId = "*") {
  const asked: ListQuery[] = [];
  const deps = {
    senderId,
    fetchPage: async (query: ListQuery) => {
      asked.push(query);
      const { senderId: sender, idempotencyKey, target, idPart } = query;
      if (idempotencyKey && !sender) throw new ApiError(400, {});
      return {
        items: items.filter(
          (one) =>
            (!sender || one.senderId === sender) &&
            (!idempotencyKey || one.idempotencyKey === idempotencyKey) &&
            (!target || one.targetUrl?.includes(target)) &&
            (!idPart || hasPart(one.messageId, idPart)),
        ),
      };
    },
    fetchItem: async (id: string) => present(items.find(({ messageId }) => messageId === id)),
    fetchEvents: async ({ senderId: sender, idempotencyKey, idPart }: EventQuery) => {
      if (idPart) return { items: hasPart(event.eventId, idPart) ? [event] : [] };
      const isIt = sender === event.senderId && idempotencyKey === event.idempotencyKey;
      return { items: isIt ? [event] : [] };
    },
    fetchEndpoints: async ({ idPart = "" }: EndpointQuery) => ({
      items: hasPart(endpoint.endpointId, idPart) ? [endpoint] : [],
    }),
    fetchEvent: async (id: string) => present(id === event.eventId ? event : undefined),
    fetchEndpoint: async (id: string) => present(id === endpoint.endpointId ? endpoint : undefined),
  };
  const search = (text: string) => find(deps, text, never);
  const outline = async (text: string) => {
    const { endpoints, events, messages, senders, targets } = await search(text);
    return [
      ...endpoints.map(({ url }) => `endpoint ${url}`),
      ...events.map(({ event: { eventType }, by }) => `${by} of ${eventType}`),
      ...messages.map(({ by }) => by),
      ...senders.map((s) => `sender ${s}`),
      ...targets.map((t) => `target ${t}`),
    ];
  };
  return { asked, deps, search, outline };
}

function hasPart(id: string, part: string): boolean {
  const behindPrefix = id.indexOf("_") + 1;
  const text = part.replace(/^[a-z]+_/, "").toUpperCase();
  return text.length < part.length ? id.startsWith(text, behindPrefix) : id.includes(text, behindPrefix);
}

function present<T>(found: T | undefined): T {
  if (found === undefined) throw new ApiError(404, {});
  return found;
}

describe("a text is looked for in every way it may be meant", () => {
  const { outline, search } = api([second, first]);

  it.each([
    ["order-42", ["idempotency key"]],
    ["checkout-7f3a", ["correlation id"]],
    ["7f3a", ["part of the correlation id"]],
    ["msg_01kamq7", ["part of the message id"]],
    ["d3e4f5", ["part of the message id"]],
    ["evt_01kamq9", ["part of the event id of invoice.paid"]],
    ["d3e4f7", ["part of the event id of invoice.paid"]],
    ["ep_01KAMQA", ["endpoint https://api.example.com/hook"]],
    ["d3e4f8", ["endpoint https://api.example.com/hook"]],
    [
      "1c2d3e4f",
      [
        "endpoint https://api.example.com/hook",
        "part of the event id of invoice.paid",
        "part of the message id",
        "part of the message id",
      ],
    ],
    ["01kamq6h5t3vx9bbw1c2d3e4f5", ["message id"]],
    ["invoice-7", ["idempotency key of invoice.paid"]],
    ["01KAMQ9H5T3VX9BBW1C2D3E4F7", ["event id of invoice.paid"]],
    ["01kamqah5t3vx9bbw1c2d3e4f8", ["endpoint https://api.example.com/hook"]],
    ["globex", ["sender globex"]],
    ["example.org", ["target hooks.example.org"]],
    ["example", ["target hooks.example.org", "target api.example.com"]],
    ["nothing-like-it", []],
  ])("%s", async (text, expected) => {
    expect(await outline(text)).toEqual(expected);
  });

  it("leads on at once where it means one thing, and means it exactly", async () => {
    const meaning = async (text: string) => onlyMeaning(await search(text), text);
    expect(await meaning("order-42")).toMatchObject({ item: { messageId: second.messageId } });
    expect(await meaning("invoice-7")).toMatchObject({ event: { eventId: event.eventId } });
    expect(await meaning(endpoint.endpointId.slice(3))).toEqual(endpoint);
    expect(await meaning("globex")).toEqual({ sender: "globex" });
    expect(await meaning("Hooks.example.org")).toEqual({ target: "hooks.example.org" });
    expect(await meaning("example.org")).toBeUndefined();
    for (const part of ["7f3a", "d3e4f5", "d3e4f7", "d3e4f8"]) expect(await meaning(part)).toBeUndefined();
  });

  it("says whether there are messages older than those it looked through", async () => {
    const { deps } = api([second, first]);
    const endless = async (query: ListQuery) => ({ ...(await deps.fetchPage(query)), nextCursor: "older" });
    expect((await search("7f3a")).areOlder).toBe(false);
    const found = await find({ ...deps, fetchPage: endless }, "7f3a", never);
    expect([found.areOlder, found.lookedThrough]).toEqual([true, 10]);
  });

  it("a key of one sender asks for its own idempotency keys only", async () => {
    const own = api([second], "globex");
    expect(await own.outline("order-42")).toEqual(["idempotency key"]);
    expect(own.asked.flatMap(({ idempotencyKey, senderId }) => (idempotencyKey ? [senderId] : []))).toEqual([
      "globex",
    ]);
  });

  describe("name:value is a pair of metadata, too", () => {
    const none = { items: [] };
    /** An API whose lists by metadata answer this, and which knows `second` by the key order:42. */
    const ask = (messages: object, events: object, text = "order:1234") => {
      const asked: (string | undefined)[] = [];
      const known = api([item({ ...second, idempotencyKey: "order:42" })]);
      const deps = {
        ...known.deps,
        fetchPage: async (query: ListQuery) => {
          if (!query.metadata) return known.deps.fetchPage(query);
          asked.push(query.metadata);
          return { items: [], ...messages };
        },
        fetchEvents: async (query: EventQuery) =>
          query.metadata ? { items: [], ...events } : known.deps.fetchEvents(query),
      };
      return find(deps, text, never).then((found) => ({ found, asked, only: onlyMeaning(found, text) }));
    };

    it("that leads to the messages that have it", async () => {
      const { asked, only } = await ask({ items: [first], nextCursor: "c" }, { items: [event] });
      expect(asked).toEqual(["order=1234"]);
      expect(only).toEqual({ metadata: "order=1234", ofEvents: false });
    });

    it("or to the events, if no message has it", async () => {
      const { only } = await ask(none, { items: [event] });
      expect(only).toEqual({ metadata: "order=1234", ofEvents: true });
    });

    it("is shown beside what else the text means", async () => {
      const { found, only } = await ask({ items: [first] }, none, "order:42");
      expect(found.messages.map(({ by }) => by)).toEqual(["idempotency key"]);
      expect(found.metadata).toEqual({ pair: "order=42", messages: "some", events: "none" });
      expect(only).toBeUndefined();
    });

    it("that has not been found yet is told from one that nothing has", async () => {
      const { found, only } = await ask({ nextCursor: "older" }, none);
      expect(found.metadata).toEqual({ pair: "order=1234", messages: "none yet", events: "none" });
      expect(only).toBeUndefined();
    });

    it("and nothing is asked for what is no pair", async () => {
      const { found, asked } = await ask(none, none, "hooks.example.org:8080");
      expect([found.metadata, asked]).toEqual([undefined, []]);
    });
  });

  it("that the API cannot answer now is no proof that there is nothing", async () => {
    const failing = {
      senderId: "*",
      fetchPage: async () => {
        throw new ApiError(503, {});
      },
      fetchItem: async () => first,
      fetchEvents: async () => ({ items: [event] }),
      fetchEndpoints: async () => ({ items: [endpoint] }),
      fetchEvent: async () => event,
      fetchEndpoint: async () => endpoint,
    };
    await expect(find(failing, "order-42", never)).rejects.toBeInstanceOf(ApiError);
  });
});
