/**
 * How a route describes itself: short, so that it can stand beside the route. openapi.json is made of these, and is
 * what is served: no process that answers requests loads what it takes to make it.
 */
import type { MiddlewareHandler } from "hono";
import type * as v from "valibot";
import type { ApiEnv } from "../env.ts";
import type { ExampleName } from "./examples.ts";
import type { HeaderName, PathParameterName, ProblemName, RequestHeaderName } from "./parts.ts";
import type { SchemaName } from "./schemas.ts";

interface Answer {
  readonly description: string;
  readonly schema?: SchemaName;
  /** The one of the schema's name, unless another fits better. */
  readonly example?: ExampleName;
  readonly headers?: readonly HeaderName[];
  readonly mediaType?: string;
  /** What whoever does not prefer the media type gets with the same status. */
  readonly orProblem?: ProblemName;
}

export interface RouteDescription {
  readonly operationId: string;
  readonly tag: "Messages" | "Order" | "Events" | "Endpoints" | "Keys" | "Service";
  readonly summary: string;
  readonly description?: string;
  /** Needs no key. */
  readonly open?: true;
  /** Every key may ask, whatever its scopes. */
  readonly anyKey?: true;
  readonly path?: readonly PathParameterName[];
  readonly query?: { readonly entries: Readonly<Record<string, v.GenericSchema>> };
  readonly headers?: readonly RequestHeaderName[];
  readonly body?: {
    readonly schema: SchemaName;
    readonly example: ExampleName;
    /** It may be left out. */
    readonly optional?: true;
  };
  readonly answers: Readonly<Record<number, Answer>>;
  /** Besides those that every route has. */
  readonly problems?: readonly ProblemName[];
}

const descriptions = new WeakMap<object, RouteDescription>();

/** A middleware that does nothing but stand for the description of its route. */
export function describe(route: RouteDescription): MiddlewareHandler<ApiEnv> {
  const middleware: MiddlewareHandler<ApiEnv> = (_c, next) => next();
  descriptions.set(middleware, route);
  return middleware;
}

export function descriptionOf(handler: object): RouteDescription | undefined {
  return descriptions.get(handler);
}
