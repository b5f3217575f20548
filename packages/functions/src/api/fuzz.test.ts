/** Requests made from the API's own document, valid and not. `HOMING_FUZZ_RUNS` sets how many of each kind. */
import type { EndpointStore } from "@homing/core/endpoint/endpoint-store";
import type { EventStore } from "@homing/core/event/event-store";
import type { MessageStore } from "@homing/core/store/message-store";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import type { Call } from "../testing/api-caller.ts";
import { arbitraryFor, type SchemaLike, spoiled } from "../testing/arbitrary-json.ts";
import { createMemoryApi, type MemoryApi, OPERATOR_KEY } from "../testing/memory-api.ts";
import { documentOf } from "./openapi/document.ts";

const RUNS = Number(process.env.HOMING_FUZZ_RUNS ?? 150);
/** Far below what Lambda can answer. */
const MAX_ANSWER_BYTES = 1_048_576;
const TIMEOUT_MS = 30_000 + RUNS * 50;

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly parameters: ReadonlyArray<{
    readonly in: string;
    readonly name: string;
    readonly schema: SchemaLike;
  }>;
  readonly body?: SchemaLike;
}

interface FuzzRequest {
  readonly method: string;
  readonly path: string;
  readonly call: Call;
}

let api: MemoryApi;
let operations: Operation[];
let resolve: (ref: string) => SchemaLike;
let keys: string[];
/** Writes that took effect, by what they wrote. */
const written = { messages: 0, changes: 0, keys: 0, endpoints: 0, events: 0 };
const known: string[] = [];
const knownEndpoints: string[] = [];
const knownEvents: string[] = [];

beforeAll(async () => {
  // Its clock stands still, so that an honest limit would be used up.
  api = createMemoryApi({
    rateLimit: { perSecond: 1, burst: Number.MAX_SAFE_INTEGER },
    wrapStore: counted,
    wrapEndpoints: countedEndpoints,
    wrapEvents: countedEvents,
  });
  const { create } = api.keyStore;
  api.keyStore.create = async (key) => {
    written.keys += 1;
    return create.call(api.keyStore, key);
  };
  const [operate, read] = [await api.createKey("acme", ["operate"]), await api.createKey("acme", ["read"])];
  for (let count = 0; count < 3; count += 1)
    await api.call("POST", "/v1/endpoints", { json: { url: "https://example.com/hook", senderId: "acme" } });
  // Half of the calls may do anything.
  keys = [OPERATOR_KEY, OPERATOR_KEY, operate, read];
  const document = JSON.parse(JSON.stringify(await documentOf(api.app)));
  resolve = (ref) =>
    ref
      .slice(2)
      .split("/")
      .reduce((place, part) => place[part], document);
  operations = Object.entries<Record<string, Record<string, never>>>(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({
      method: method.toUpperCase(),
      path,
      parameters: operation.parameters ?? [],
      body: (operation.requestBody as { content?: Record<string, { schema: SchemaLike }> } | undefined)
        ?.content?.["application/json"]?.schema as SchemaLike,
    })),
  );
});

/** The store, with what really changed counted. */
function counted(store: MessageStore): MessageStore {
  return {
    ...store,
    insert: async (message) => {
      const result = await store.insert(message);
      if (result.applied) {
        written.messages += 1;
        known.push(message.messageId);
      }
      return result;
    },
    apply: async (messageId, transition) => {
      const result = await store.apply(messageId, transition);
      if (result.applied) written.changes += 1;
      return result;
    },
  };
}

/** The same of endpoints. */
function countedEndpoints(endpoints: EndpointStore): EndpointStore {
  const { insert, change } = endpoints;
  endpoints.insert = async (endpoint) => {
    const result = await insert.call(endpoints, endpoint);
    if (result.inserted) {
      written.endpoints += 1;
      knownEndpoints.push(endpoint.endpointId);
    }
    return result;
  };
  endpoints.change = async (...args) => {
    const changed = await change.apply(endpoints, args);
    if (changed) written.endpoints += 1;
    return changed;
  };
  return endpoints;
}

/** The same of events. */
function countedEvents(events: EventStore): EventStore {
  const { insert } = events;
  events.insert = async (event) => {
    const result = await insert.call(events, event);
    if (result.applied) {
      written.events += 1;
      knownEvents.push(event.eventId);
    }
    return result;
  };
  return events;
}

const anyTarget = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom("https://example.com/hook", "http://127.0.0.1:9/x?y=1", "https://1.1.1.1/"),
  },
  { weight: 1, arbitrary: fc.webUrl({ withQueryParameters: true, withFragments: true }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      "http://10.0.0.1/",
      "http://[::ffff:10.0.0.1]/",
      "http://2130706433/",
      "http://a@b.c/",
    ),
  },
);

const special: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  // Every visible character: the API insists on none.
  "x-correlation-id": fc.stringMatching(/^[\x21-\x7e]{1,200}$/),
  traceparent: fc.constantFrom("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "nonsense"),
  tracestate: fc.constantFrom("rojo=00f067aa0ba902b7,congo=t61rcWkgMzE", "", "nonsense"),
  targetUrl: anyTarget,
  url: anyTarget,
  deliverBy: fc.constantFrom("2026-11-23T00:00:00Z", "2020-01-01T00:00:00Z"),
  secret: fc.constantFrom("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_c2hvcnQ="),
  idempotencyKey: fc.constantFrom("k1", "k2", "k3"),
  senderId: fc.constantFrom("acme", "globex", "default"),
  cursor: fc.string({ maxLength: 40 }),
  // Most of what a schema allows no request can carry: hardly a message would be let through.
  headers: fc.oneof(
    {
      weight: 3,
      arbitrary: fc.dictionary(
        fc.stringMatching(/^x-[a-z]{1,8}$/),
        fc.stringMatching(/^[\x21-\x7e]{1,20}$/),
        { maxKeys: 3 },
      ),
    },
    { weight: 1, arbitrary: fc.dictionary(fc.string(), fc.string(), { maxKeys: 3 }) },
  ),
};

/** Most of them send or register: of those that the schemas allow, few are allowed by the rules that schemas cannot state. */
function anyOperation(): fc.Arbitrary<Operation> {
  const sends = operations.filter(
    ({ method, path }) => method === "POST" && /((messages|events)(\/batch)?|endpoints)$/.test(path),
  );
  return fc.oneof(fc.constantFrom(...operations), { weight: 2, arbitrary: fc.constantFrom(...sends) });
}

/** A request that its operation's schemas allow. */
function validRequest(operation: Operation): fc.Arbitrary<FuzzRequest> {
  const { method, parameters, body } = operation;
  const placed = (place: string) =>
    fc.record(
      Object.fromEntries(
        parameters
          .filter((one) => one.in === place)
          .map(({ name, schema }) => [
            name,
            (special as Record<string, fc.Arbitrary<unknown>>)[name] ??
              arbitraryFor(schema, resolve, special),
          ]),
      ),
      { requiredKeys: [] },
    );
  return fc
    .record({
      query: placed("query"),
      headers: placed("header"),
      id: fc.oneof(fc.nat(), fc.stringMatching(/^msg_[0-9A-HJKMNP-TV-Z]{26}$/)),
      key: fc.nat(),
      document: body ? arbitraryFor(body, resolve, special) : fc.constant(undefined),
    })
    .map(({ query, headers, id, key, document }) => ({
      method,
      path: `${pathOf(operation, id)}${queryOf(query)}`,
      call: {
        key: keys[key % keys.length],
        headers: headersOf(headers),
        ...(document === undefined ? {} : { json: document }),
      },
    }));
}

/** Anything at all may be wrong with it. */
function anyRequest(operation: Operation): fc.Arbitrary<FuzzRequest> {
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.json({ maxDepth: 6 }),
    fc.uint8Array({ maxLength: 64 }),
    fc.constantFrom(
      "",
      "{",
      "null",
      '{"targetUrl":1e999}',
      '{"a":"\\ud800"}',
      '{"__proto__":{}}',
      "[".repeat(500),
    ),
  );
  const { body } = operation;
  return fc
    .record({
      base: validRequest(operation),
      method: fc.option(fc.constantFrom("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"), {
        freq: 5,
      }),
      path: fc.option(fc.webPath(), { freq: 6 }),
      query: fc.option(fc.dictionary(fc.string(), fc.string(), { maxKeys: 3 }), { freq: 2 }),
      key: fc.option(fc.stringMatching(/^[\x21-\x7e]{0,60}$/), { freq: 6 }),
      document: body
        ? fc.option(spoiled(arbitraryFor(body, resolve, special)), { freq: 2 })
        : fc.constant(null),
      text: fc.option(text, { freq: 3 }),
      headers: fc.dictionary(
        fc.constantFrom(
          "content-type",
          "idempotency-key",
          "x-correlation-id",
          "traceparent",
          "tracestate",
          "content-length",
          "webhook-id",
          "accept",
        ),
        fc.stringMatching(/^[\x20-\x7e\u00a0-\u00ff]{0,40}$/),
        { maxKeys: 2 },
      ),
    })
    .map(({ base, method, path, query, key, document, text: raw, headers }) => {
      const { json: _, ...call } = base.call;
      const [basePath = "/"] = base.path.split("?");
      const body = raw ?? (document === null ? undefined : JSON.stringify(document));
      const verb = method ?? base.method;
      const mayCarry = verb !== "GET" && verb !== "HEAD" && body !== undefined;
      return {
        method: verb,
        path: `${path || basePath}${query === null ? "" : queryOf(query)}`,
        call: { ...call, ...(key === null ? {} : { key }), headers, ...(mayCarry ? { text: body } : {}) },
      };
    });
}

/** One piece again and again, up to and beyond the sizes at which a request is refused. */
const hugeRequest: fc.Arbitrary<FuzzRequest> = fc
  .record({
    path: fc.constantFrom(
      "/v1/messages",
      "/v1/messages/batch",
      "/v1/events",
      "/v1/events/batch",
      "/v1/messages/retry",
      "/v1/endpoints",
    ),
    beginning: fc.constantFrom(
      "",
      "[",
      '{"',
      '{"targetUrl":"https://example.com/","body":[',
      '{"targetUrl":"https://example.com/","headers":{',
      '{"targetUrl":"https://example.com/","metadata":{',
      '{"eventType":"a","body":[',
      '{"events":[{"eventType":"a","body":{',
      '{"messages":[',
      '{"messages":[{"targetUrl":"https://example.com/","body":{',
    ),
    piece: fc.oneof(
      fc.constantFrom("1e999,", '"\\ud800",', '"a":1,', "[},", '{"a":', "[", "{}", "{},", " ", "\\u0001"),
      fc.string({ unit: "binary", minLength: 1, maxLength: 12 }),
    ),
    size: fc.constantFrom(1_000, 16_384, 16_385, 262_144, 262_145, 4_194_304, 4_194_305),
    end: fc.constantFrom("", "1]}", "}}", '"a":1}}', "1]}]}", '"}'),
  })
  .map(({ path, beginning, piece, size, end }) => {
    const room = Math.max(0, size - beginning.length - end.length);
    const text = `${beginning}${piece.repeat(Math.ceil(room / piece.length)).slice(0, room)}${end}`;
    return { method: "POST", path, call: { key: OPERATOR_KEY, text } };
  });

function pathOf({ path }: Operation, id: number | string): string {
  const oneOf = (ids: readonly string[]) =>
    typeof id === "string" ? id : (ids[id % Math.max(1, ids.length)] ?? "none");
  return path
    .replace("{id}", oneOf(known))
    .replace("{endpointId}", oneOf(knownEndpoints))
    .replace("{eventId}", oneOf(knownEvents))
    .replace("{keyId}", "0000000000")
    .replace("{senderId}", "acme");
}

function queryOf(query: Readonly<Record<string, unknown>>): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) parameters.append(name, String(value));
  return parameters.size === 0 ? "" : `?${parameters}`;
}

/** Header values as HTTP clients carry them: printable ASCII that neither begins nor ends with a space. */
function headersOf(headers: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      String(value)
        .replaceAll(/[^\x20-\x7e]/g, "?")
        .trim() || "x",
    ]),
  );
}

/** `call` itself fails if the answer is not one that the document describes. */
async function holds({ method, path, call }: FuzzRequest): Promise<void> {
  const before = { ...written };
  const { status, body, text } = await api.call(method, path, call);
  expect(status).toBeLessThan(500);
  if (path !== "/v1/openapi.json") expect(Buffer.byteLength(text)).toBeLessThanOrEqual(MAX_ANSWER_BYTES);
  if (status >= 400) expect([status, written]).toEqual([status, before]);
  if (status === 207) {
    const fresh = body.results.filter((one: { httpStatus: number }) => one.httpStatus === 202);
    const isOfEvents = path.startsWith("/v1/events");
    const made = isOfEvents ? written.events - before.events : written.messages - before.messages;
    expect(made).toBe(fresh.length);
  }
}

describe("fuzzed from its own document, the API answers no 5xx, only what it describes, and stores nothing it refuses", () => {
  it(
    "requests that the schemas allow",
    async () => {
      // Chance alone may let none of either through.
      const posted = (path: string, json: object): [FuzzRequest] => [
        { method: "POST", path, call: { key: OPERATOR_KEY, json } },
      ];
      await fc.assert(fc.asyncProperty(anyOperation().chain(validRequest), holds), {
        numRuns: RUNS,
        examples: [
          posted("/v1/messages", { targetUrl: "https://example.com/hook" }),
          posted("/v1/events", { senderId: "acme", eventType: "invoice.paid", body: {} }),
        ],
      });
      expect(written.messages).toBeGreaterThan(0);
      expect(written.events).toBeGreaterThan(0);
    },
    TIMEOUT_MS,
  );

  it(
    "requests with anything wrong",
    async () => {
      await fc.assert(fc.asyncProperty(anyOperation().chain(anyRequest), holds), {
        numRuns: RUNS * 2,
      });
    },
    TIMEOUT_MS,
  );

  it(
    "requests as large as there can be",
    async () => {
      await fc.assert(fc.asyncProperty(hugeRequest, holds), { numRuns: Math.ceil(RUNS / 6) });
    },
    TIMEOUT_MS * 2,
  );
});
