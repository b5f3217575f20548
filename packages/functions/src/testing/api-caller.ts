/** Calls the application, with a server or without; every answer must be one that its OpenAPI document describes. */
import { expect } from "vitest";
import type { App } from "../api/app.ts";
import { documentOf, type OpenApiDocument } from "../api/openapi/document.ts";
import { type Conformance, createConformance } from "./conformance.ts";

export interface Call {
  readonly key?: string | undefined;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as it is, with no content type of its own. */
  readonly text?: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface CallResult {
  readonly status: number;
  readonly headers: Headers;
  /** The parsed answer; fields are looked up freely, because the document has been checked already. */
  // biome-ignore lint/suspicious/noExplicitAny: a test names the field it wants, and fails if it is not there.
  readonly body: any;
  readonly text: string;
}

export type Caller = (method: string, pathAndQuery: string, call?: Call) => Promise<CallResult>;

/** Every app has the same document, and compiling its schemas takes a tenth of a second. */
let conformance: Promise<Conformance> | undefined;

/** Without a server. */
export function createCaller(app: App, defaultKey: string): Caller {
  return callerOf(
    (path, init) => app.request(`http://127.0.0.1${path}`, init),
    () => documentOf(app),
    defaultKey,
  );
}

/** Over HTTP. */
export function createHttpCaller(url: string, defaultKey: string): Caller {
  return callerOf(
    (path, init) => fetch(`${url}${path}`, init),
    async () => (await fetch(`${url}/v1/openapi.json`)).json() as Promise<OpenApiDocument>,
    defaultKey,
  );
}

function callerOf(
  request: (pathAndQuery: string, init: RequestInit) => Response | Promise<Response>,
  readDocument: () => Promise<OpenApiDocument>,
  defaultKey: string,
): Caller {
  return async (method, pathAndQuery, { key = defaultKey, json, text, headers = {} } = {}) => {
    const sent = json === undefined ? text : JSON.stringify(json);
    const body = typeof sent === "string" ? new TextEncoder().encode(sent) : sent;
    const response = await request(pathAndQuery, {
      method,
      headers: {
        ...(key === "" ? {} : { authorization: `Bearer ${key}` }),
        ...(json === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: body as Uint8Array<ArrayBuffer> }),
    });
    const answer = await response.text();
    const isJson = /json/.test(response.headers.get("content-type") ?? "");
    const parsed: unknown = isJson && answer !== "" ? JSON.parse(answer) : answer;
    conformance ??= readDocument().then(createConformance);
    const { pathname } = new URL(`http://127.0.0.1${pathAndQuery}`);
    expect(
      (await conformance).violations({
        method,
        path: pathname,
        status: response.status,
        headers: response.headers,
        body: parsed,
      }),
    ).toEqual([]);
    return { status: response.status, headers: response.headers, body: parsed, text: answer };
  };
}
