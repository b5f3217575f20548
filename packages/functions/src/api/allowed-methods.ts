import type { Env, Hono, MiddlewareHandler, Schema } from "hono";
import { TrieRouter } from "hono/router/trie-router";
import type { ApiEnv } from "./env.ts";
import { methodRefused } from "./middleware.ts";

/**
 * Refuses a method that a path does not have, and names those that it has. A path that is a route as it stands comes
 * before one with parameters: GET /v1/messages/batch asks for no message.
 */
export function allowedMethods<E extends Env, S extends Schema>(app: Hono<E, S>): MiddlewareHandler<ApiEnv> {
  let methodsOf: ((path: string) => readonly string[]) | undefined;
  return async (c, next) => {
    // At the first request, when all routes are there.
    methodsOf ??= methodsByPath(app);
    const methods = methodsOf(c.req.path);
    if (methods.length > 0 && !methods.includes(c.req.method)) return methodRefused(c, methods);
    await next();
  };
}

function methodsByPath<E extends Env, S extends Schema>(
  app: Hono<E, S>,
): (path: string) => readonly string[] {
  const byPath = new Map<string, Set<string>>();
  for (const { method, path } of app.routes) {
    if (method === "ALL") continue;
    const methods = byPath.get(path) ?? new Set();
    methods.add(method);
    if (method === "GET") methods.add("HEAD");
    byPath.set(path, methods);
  }
  const fixed = new Map<string, readonly string[]>();
  const withParameters = new TrieRouter<readonly string[]>();
  for (const [path, methods] of byPath) {
    if (path.includes(":")) withParameters.add("ALL", path, [...methods]);
    else fixed.set(path, [...methods]);
  }
  return (path) => fixed.get(path) ?? withParameters.match("ALL", path)[0].flatMap(([methods]) => methods);
}
