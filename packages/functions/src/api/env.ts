import type { Endpoint } from "@homing/core/endpoint/endpoint";
import type { Event } from "@homing/core/event/event";
import type { Principal } from "./principal.ts";

/** One call's part in the number of calls in progress. */
export interface Turn {
  /** While the call waits for its caller, it keeps nobody else from being served. */
  pause(): void;
  /** @throws OverloadError if others have taken all turns meanwhile. */
  resume(): void;
  /** Whether the call may keep so many bytes more of its body. If not, it may keep none of it. */
  hold(bytes: number): boolean;
}

/** What the middleware leaves for the routes. */
export interface ApiEnv {
  /** On a server of Node: names and values in turn, as they came. */
  Bindings: { readonly incoming?: { readonly rawHeaders: readonly string[] } };
  Variables: {
    correlationId: string;
    principal: Principal;
    /** Where the path names one: the event, which this caller may see. */
    event?: Event;
    /** The same of the endpoint. */
    endpoint?: Endpoint;
    /** Where load is shed: this call's part in the number of calls in progress. */
    turn?: Turn;
    /** For the request's one log line. */
    logFields: Record<string, string | number | boolean | undefined>;
  };
}
