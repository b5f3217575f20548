/** Svix, as its OpenAPI document (version 1.947.0) says that it answers: paths, parameters, bearer token, pages, errors. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Renamed, SvixApplication, SvixEndpoint, SvixHeaders } from "../svix-api.ts";

export interface StubEndpoint extends SvixEndpoint, Renamed {
  readonly secret: string;
  readonly headers?: SvixHeaders;
  readonly transformed?: boolean;
}

export interface StubApplication extends SvixApplication {
  readonly endpoints: readonly StubEndpoint[];
}

export interface SvixStub {
  readonly url: string;
  /** Paths with their queries, as they were asked for. */
  readonly asked: readonly string[];
  /** Answers of other statuses to the next calls, with their headers. */
  readonly next: Array<readonly [status: number, headers?: Record<string, string>]>;
  /** From then on it answers 503. */
  downAfter: number;
  close(): Promise<void>;
}

/** Smaller than what is asked for, so that there is more than one page. */
const PAGE = 2;

export async function startSvixStub(
  token: string,
  applications: readonly StubApplication[],
): Promise<SvixStub> {
  const asked: string[] = [];
  const next: SvixStub["next"] = [];
  const server = createServer(({ method, url = "", headers }, response) => {
    asked.push(url);
    const send = (status: number, document: object, more: Record<string, string> = {}) => {
      response.writeHead(status, { "content-type": "application/json", ...more });
      response.end(JSON.stringify(document));
    };
    const refuse = (status: number, code: string, more?: Record<string, string>) =>
      send(status, { code, detail: `said ${code}` }, more);
    if (asked.length > stub.downAfter) return refuse(503, "unavailable");
    const planned = next.shift();
    if (planned) return refuse(planned[0], "planned", planned[1]);
    if (headers.authorization !== `Bearer ${token}`) return refuse(401, "authentication_failed");
    if (method !== "GET") return refuse(405, "method_not_allowed");
    const { pathname, searchParams } = new URL(url, "http://svix.test");
    const [, application, of, endpoint, part] =
      /^\/api\/v1\/app(?:\/([^/]+)(?:\/(endpoint)(?:\/([^/]+)\/(secret|headers|transformation))?)?)?$/.exec(
        pathname,
      ) ?? [];
    if (!pathname.startsWith("/api/v1/app")) return refuse(404, "not_found");
    const limit = Number(searchParams.get("limit") ?? 50);
    if (limit < 1 || limit > 250) return refuse(422, "validation");
    if (application === undefined) return send(200, pageOf(applications.map(applicationOut), searchParams));
    const app = applications.find(({ id, uid }) => id === application || uid === application);
    if (app === undefined) return refuse(404, "not_found");
    if (of === undefined) return send(200, applicationOut(app));
    if (endpoint === undefined) return send(200, pageOf(app.endpoints.map(endpointOut), searchParams));
    const found = app.endpoints.find(({ id, uid }) => id === endpoint || uid === endpoint);
    if (found === undefined) return refuse(404, "not_found");
    switch (part) {
      case "secret":
        return send(200, { key: found.secret });
      case "headers":
        return send(200, found.headers ?? { headers: {}, sensitive: [] });
      default:
        return send(200, { code: null, enabled: found.transformed ?? false, variables: null });
    }
  });
  const stub: SvixStub = {
    get url() {
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    },
    asked,
    next,
    downAfter: Number.POSITIVE_INFINITY,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return stub;
}

const TIMES = { createdAt: "2025-11-22T12:00:00Z", updatedAt: "2025-11-22T12:00:00Z" };

function applicationOut({ endpoints: _, ...application }: StubApplication) {
  return { ...TIMES, metadata: {}, ...application };
}

function endpointOut({ secret: _, headers: __, transformed: ___, ...endpoint }: StubEndpoint) {
  return { ...TIMES, version: 1, disabled: false, ...endpoint };
}

/** The iterator is the id of the last item, also of the last page. */
function pageOf<T extends { readonly id: string }>(items: readonly T[], query: URLSearchParams): object {
  const after = query.get("iterator");
  const from = after === null ? 0 : items.findIndex(({ id }) => id === after) + 1;
  const data = items.slice(from, from + PAGE);
  return { data, iterator: data.at(-1)?.id ?? null, prevIterator: null, done: from + PAGE >= items.length };
}
