import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { buildRequest } from "@homing/core/delivery/build-request";
import type { OpenAPIV3_1 } from "openapi-types";
import * as v from "valibot";
import { beforeAll, describe, expect, it } from "vitest";
import { type Conformance, createConformance } from "../../testing/conformance.ts";
import { createMemoryApi } from "../../testing/memory-api.ts";
import { PROBLEM_CODES } from "../answers/problem.ts";
import { documentOf, type OpenApiDocument } from "./document.ts";
import { EXAMPLES } from "./examples.ts";
import { inlineSchema } from "./json-schema.ts";
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

  it("says what each query parameter asks for, unless its values say it", () => {
    const parameters = Object.values(document.paths)
      .flatMap((item) => Object.values(item ?? {}))
      .flatMap((operation) => (operation as { parameters?: OpenAPIV3_1.ParameterObject[] }).parameters ?? [])
      .filter((parameter) => parameter.in === "query");
    expect(parameters.length).toBeGreaterThan(40);
    const silent = parameters.filter(({ description }) => description === undefined);
    expect(silent.filter(({ schema }) => !(schema && "enum" in schema)).map(({ name }) => name)).toEqual([]);
    const since = parameters.find(({ name }) => name === "since");
    expect(since?.description).toBe("Accepted at or after this time.");
  });

  it("takes part of an id in either case, as the API does", () => {
    const list = document.paths["/v1/messages"]?.get?.parameters as OpenAPIV3_1.ParameterObject[];
    const schema = list.find(({ name }) => name === "idPart")?.schema as OpenAPIV3_1.SchemaObject;
    const parts = ["7F3K9", "7f3k9", "msg_01KAMQ6H", "MSG_01kamq6h"];
    expect(parts.filter((part) => !new RegExp(schema.pattern ?? "").test(part))).toEqual([]);
  });

  it("refuses a pattern whose flag it would lose", () => {
    expect(() => inlineSchema(v.pipe(v.string(), v.regex(/^a$/i)))).toThrow(
      "JSON Schema has no such flag: /^a$/i",
    );
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
      "/docs/{page}": { get: "200 400 404 500" },
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
      "/v1/endpoints/{endpointId}/take": { post: sorted(`200 400 404 409 413 415 500 ${withKey}`) },
      "/v1/endpoints/{endpointId}/answer": { post: sorted(`200 400 404 409 413 415 500 ${withKey}`) },
      "/v1/endpoints/{endpointId}/test": { post: sorted(`202 400 404 413 415 500 ${withKey}`) },
      "/v1/stats": { get: sorted(`200 400 500 ${withKey}`) },
      "/v1/stats/series": { get: sorted(`200 400 500 ${withKey}`) },
      "/v1/targets": { get: sorted(`200 400 500 ${withKey}`) },
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
