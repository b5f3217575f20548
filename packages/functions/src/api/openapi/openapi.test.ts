import { createHash, createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { buildRequest } from "@homing/core/delivery/build-request";
import type { OpenAPIV3_1 } from "openapi-types";
import { beforeAll, describe, expect, it } from "vitest";
import { type Conformance, createConformance } from "../../testing/conformance.ts";
import { createMemoryApi } from "../../testing/memory-api.ts";
import { PROBLEM_CODES } from "../schemas.ts";
import { DOCS_STYLE } from "./docs-style.ts";
import { documentOf, type OpenApiDocument } from "./document.ts";
import { EXAMPLES } from "./examples.ts";
import { EXAMPLE_SECRET } from "./webhooks.ts";

const COMMITTED = new URL("../../../../../openapi.json", import.meta.url);

let document: OpenApiDocument;
let conformance: Conformance;
const api = createMemoryApi();
beforeAll(async () => {
  document = await documentOf(api.app);
  conformance = createConformance(document);
});

/** Every `{ schema, example }` of the document, with its place. */
function examplesIn(value: unknown, pointer = ""): Array<{ pointer: string; example: unknown }> {
  if (typeof value !== "object" || value === null) return [];
  const own =
    "schema" in value && "example" in value ? [{ pointer: `${pointer}/schema`, example: value.example }] : [];
  const inner = Object.entries(value).flatMap(([name, one]) =>
    name === "example"
      ? []
      : examplesIn(one, `${pointer}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`),
  );
  return [...own, ...inner];
}

/** Every object of the document: schemas among them. */
function schemasIn(value: unknown): Array<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) return [];
  return [value as Record<string, unknown>, ...Object.values(value).flatMap(schemasIn)];
}

describe("the OpenAPI document", () => {
  it("is what the committed openapi.json says; `npx vitest run --project unit openapi -u` writes it", async () => {
    await expect(`${JSON.stringify(document, null, 2)}\n`).toMatchFileSnapshot("../../../../../openapi.json");
  });

  it("is served as it is committed, to everybody", async () => {
    const { body } = await api.call("GET", "/v1/openapi.json", { key: "" });
    expect(body).toEqual(JSON.parse(readFileSync(COMMITTED, "utf8")));
    expect(body.openapi).toBe("3.1.0");
  });

  it("has examples that conform to their schemas, every one that there is", () => {
    const examples = examplesIn(document);
    const wrong = examples.flatMap(({ pointer, example }) =>
      conformance.schemaErrors(pointer, example).map((error) => `${pointer}: ${error}`),
    );
    expect(wrong).toEqual([]);
    const used = new Set(examples.map(({ example }) => JSON.stringify(example)));
    const unused = Object.entries(EXAMPLES).filter(([, example]) => !used.has(JSON.stringify(example)));
    expect(unused.map(([name]) => name)).toEqual([]);
  });

  it("has constants that generators of clients read: texts, with their type", () => {
    const constants = schemasIn(document).filter((schema) => "const" in schema);
    expect(constants.length).toBeGreaterThan(0);
    for (const schema of constants) expect([schema.type, typeof schema.const]).toEqual(["string", "string"]);
  });

  it("names every code of a problem, and with each route every status it may answer", () => {
    const codes = Object.values(document.components.responses ?? {}).map((response) =>
      "content" in response ? response.content?.["application/problem+json"]?.example.code : undefined,
    );
    expect([...new Set(codes)].sort()).toEqual([...PROBLEM_CODES].sort());
    const statuses = Object.entries(document.paths).map(([path, item]) => [
      path,
      Object.entries(item).map(([method, operation]) => [
        method,
        Object.keys((operation as { responses: object }).responses).join(" "),
      ]),
    ]);
    const withKey = "401 403 429 503";
    const sorted = (text: string) => text.split(" ").sort().join(" ");
    expect(
      Object.fromEntries(statuses.map(([path, item]) => [path, Object.fromEntries(item as [])])),
    ).toEqual({
      "/v1/health": { get: "200 400 500" },
      "/v1/ready": { get: "200 400 500 503" },
      "/v1/openapi.json": { get: "200 400 500" },
      "/docs": { get: "200 400 500" },
      "/v1/messages": {
        post: sorted(`200 202 400 413 415 422 500 ${withKey}`),
        get: sorted(`200 400 500 ${withKey}`),
      },
      "/v1/messages/{id}": { get: sorted(`200 400 404 500 ${withKey}`) },
      "/v1/messages/{id}/retry": { post: sorted(`202 400 404 409 500 ${withKey}`) },
      "/v1/messages/{id}/skip": { post: sorted(`200 400 404 409 500 ${withKey}`) },
      "/v1/lanes": { get: sorted(`200 400 500 ${withKey}`) },
      "/v1/lanes/{orderingKey}": { get: sorted(`200 400 404 500 ${withKey}`) },
      "/v1/messages/{id}/cancel": { post: sorted(`200 400 404 409 500 ${withKey}`) },
      "/v1/messages/batch": { post: sorted(`207 400 413 415 500 ${withKey}`) },
      "/v1/messages/{id}/resolve": { post: sorted(`200 400 404 409 500 ${withKey}`) },
      "/v1/messages/resolve": { post: sorted(`200 400 413 415 500 ${withKey}`) },
      "/v1/messages/retry": { post: sorted(`200 400 413 415 500 ${withKey}`) },
      "/v1/messages/cancel": { post: sorted(`200 400 413 415 500 ${withKey}`) },
      "/v1/endpoints/{endpointId}/replay": { post: sorted(`200 400 404 409 413 415 500 ${withKey}`) },
      "/v1/events": {
        get: sorted(`200 400 500 ${withKey}`),
        post: sorted(`200 202 400 413 415 422 500 ${withKey}`),
      },
      "/v1/events/batch": { post: sorted(`207 400 413 415 500 ${withKey}`) },
      "/v1/events/{eventId}": { get: sorted(`200 400 404 500 ${withKey}`) },
      "/v1/events/{eventId}/retry": { post: sorted(`202 400 404 409 500 ${withKey}`) },
      "/v1/events/{eventId}/cancel": { post: sorted(`200 400 404 500 ${withKey}`) },
      "/v1/endpoints": {
        get: sorted(`200 400 500 ${withKey}`),
        post: sorted(`200 201 400 409 413 415 422 500 ${withKey}`),
      },
      "/v1/endpoints/{endpointId}": {
        get: sorted(`200 400 404 500 ${withKey}`),
        patch: sorted(`200 400 404 409 413 415 500 ${withKey}`),
        delete: sorted(`200 400 404 409 500 ${withKey}`),
      },
      "/v1/endpoints/{endpointId}/pause": { post: sorted(`200 400 404 409 500 ${withKey}`) },
      "/v1/endpoints/{endpointId}/disable": { post: sorted(`200 400 404 409 500 ${withKey}`) },
      "/v1/endpoints/{endpointId}/activate": { post: sorted(`200 400 404 409 500 ${withKey}`) },
      "/v1/endpoints/{endpointId}/secret": { get: sorted(`200 400 404 500 ${withKey}`) },
      "/v1/endpoints/{endpointId}/rotate": { post: sorted(`200 400 404 409 413 415 500 ${withKey}`) },
      "/v1/endpoints/{endpointId}/test": { post: sorted(`202 400 404 413 415 500 ${withKey}`) },
      "/v1/stats": { get: sorted(`200 400 500 ${withKey}`) },
      "/v1/keys": {
        get: sorted(`200 400 500 ${withKey}`),
        post: sorted(`201 400 409 413 415 500 ${withKey}`),
      },
      "/v1/keys/self": { get: "200 400 401 429 500 503" },
      "/v1/keys/{keyId}": { delete: sorted(`200 400 404 500 ${withKey}`) },
      "/v1/portal": { post: sorted(`201 400 409 413 415 500 ${withKey}`) },
      "/v1/senders/{senderId}/rotate": { post: sorted(`200 400 404 500 ${withKey}`) },
    });
  });
});

describe("what receivers get", () => {
  const webhookOf = (name: string) =>
    (document.webhooks?.[name] as OpenAPIV3_1.PathItemObject | undefined)?.post;
  const headersOf = (name: string) => (webhookOf(name)?.parameters ?? []) as OpenAPIV3_1.ParameterObject[];
  const exampleOf = (name: string) => {
    const body = webhookOf(name)?.requestBody as OpenAPIV3_1.RequestBodyObject;
    return JSON.stringify(body.content["application/json"]?.example);
  };

  it.each(["event", "operations", "message"])("has an example that is genuine: %s", (name) => {
    const values = new Map(headersOf(name).map((header) => [header.name, String(header.example)]));
    // https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#signature-scheme
    const signed = `${values.get("webhook-id")}.${values.get("webhook-timestamp")}.${exampleOf(name)}`;
    const secret = Buffer.from(EXAMPLE_SECRET.replace("whsec_", ""), "base64");
    const expected = createHmac("sha256", secret).update(signed).digest("base64");
    expect(values.get("webhook-signature")).toBe(`v1,${expected}`);
  });

  it.each([
    ["event", { event: { eventType: "invoice.paid", svixHeaders: false } }, {}],
    ["message", {}, { order: { orderingKey: "order-1", sequence: 1 } }],
  ])("names every header that Homing sets, and says which may be missing: %s", (name, more, atMost) => {
    const facts = { id: "id", correlationId: "call-1", now: 0, secrets: [EXAMPLE_SECRET], ...more };
    const target = { targetUrl: "https://example.com/", method: "POST", headers: {} };
    const setWith = (payload: object, besides: object = {}) =>
      buildRequest({ ...facts, ...besides, payload: { ...target, ...payload } }).headers.map(
        ([header]) => header,
      );
    const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    const most = setWith({ body: "1", traceparent, tracestate: "rojo=00f067aa0ba902b7" }, atMost);
    expect(
      headersOf(name)
        .map((header) => header.name)
        .sort(),
    ).toEqual(most.sort());
    const least = setWith(name === "event" ? { body: "1" } : {});
    const required = headersOf(name).filter((header) => header.required);
    expect(required.map((header) => header.name).sort()).toEqual(least.sort());
  });
});

/** What a page shows as code, in blocks. */
function programsIn(html: string): string[] {
  return [...html.matchAll(/<pre tabindex="0"><code>([\s\S]*?)<\/code>/g)].map(([, code]) =>
    unescaped(code ?? ""),
  );
}

/** Text as a browser reads it. */
function unescaped(html: string): string {
  return html
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");
}

describe("the docs page", () => {
  it("asks nobody for anything, and is let through by its own strict policy", async () => {
    const { text, headers } = await api.call("GET", "/docs", { key: "" });
    expect(text).not.toMatch(/<script|<link|<img|@import|url\(|\son\w+=|\sstyle=/i);
    const [style] = /<style>([\s\S]*)<\/style>/.exec(text)?.slice(1) ?? [];
    expect(style).toBe(DOCS_STYLE);
    const hash = createHash("sha256").update(DOCS_STYLE).digest("base64");
    expect(headers.get("content-security-policy")).toBe(
      `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    );
    const links = [...text.matchAll(/(?:href|src|action)="([^"]*)"/g)].map(([, link]) => link);
    expect(links.filter((link) => !/^#|^\/v1\/openapi\.json$/.test(link ?? ""))).toEqual([]);
    for (const link of links.filter((one) => one?.startsWith("#")))
      expect(text).toContain(`id="${link?.slice(1)}"`);
  });

  it("shows every route, every schema and the examples, as text", async () => {
    const { text } = await api.call("GET", "/docs", { key: "" });
    for (const path of Object.keys(document.paths)) expect(text).toContain(`<code>${path}</code>`);
    for (const name of Object.keys(document.webhooks ?? {})) expect(text).toContain(`<code>${name}</code>`);
    for (const name of Object.keys(document.components.schemas ?? {})) expect(text).toContain(`>${name}</a>`);
    expect(text).toContain("&quot;targetUrl&quot;: &quot;https://example.com/hook&quot;");
    expect(text).toContain("<code>true</code>: rolled back after a failed send");
    // Programs have backticks of their own.
    expect(text.replace(/<pre[\s\S]*?<\/pre>/g, "")).not.toContain("`");
    expect(text).not.toContain("[object");
    expect(text).not.toContain("undefined");
  });

  it("begins with a guide: from the key to the errors, and only then the routes", async () => {
    const { text } = await api.call("GET", "/docs", { key: "" });
    const places = [
      "authentication",
      "sending",
      "idempotency",
      "retries",
      "verifying",
      "errors",
      "sendMessage",
    ];
    const found = places.map((id) => text.indexOf(`<section id="${id}"`));
    expect(found).toEqual(found.toSorted((one, other) => one - other));
    expect(found[0]).toBeGreaterThan(0);
  });

  it("tells the schedule that is in force here, not the one that usually is", async () => {
    const { text } = await api.call("GET", "/docs", { key: "" });
    expect(text).toContain("up to 10 attempts of at most 15s each");
    expect(text).toContain("5s, 5m, 30m, 2h, 5h, 10h, 14h, 20h, 1d.");
    const other = createMemoryApi({ settings: { retryScheduleMs: [], deliveryTimeoutMs: 5_000 } });
    expect((await other.call("GET", "/docs", { key: "" })).text).toContain(
      "makes one attempt, of at most 5s.",
    );
  });

  it("sends a message that is accepted, as it stands there", async () => {
    const { text } = await api.call("GET", "/docs", { key: "" });
    const line =
      programsIn(text).find((program) => program.startsWith('curl -sS "$HOMING_URL/v1/messages" ')) ?? "";
    const headers = Object.fromEntries(
      [...line.matchAll(/-H "([^:]+): ([^"]+)"/g)].map(([, name = "", value = ""]) => [name, value]),
    );
    expect(headers.authorization).toBe("Bearer $HOMING_KEY");
    const { authorization: _, ...others } = headers;
    const body = /-d '(.*)'/.exec(line)?.[1] ?? "";
    expect((await api.call("POST", "/v1/messages", { text: body, headers: others })).status).toBe(202);
  });

  it("verifies signatures by the very function of docs/delivery.md, which has tests of its own", async () => {
    const { text } = await api.call("GET", "/docs", { key: "" });
    const programs = programsIn(text);
    const page = readFileSync(new URL("../../../../../docs/delivery.md", import.meta.url), "utf8");
    const [, inDocument] = /```js\n([\s\S]*?)\n```/.exec(page) ?? [];
    expect(programs).toContain(inDocument);
  });
});
