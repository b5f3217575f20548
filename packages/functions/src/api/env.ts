import type { Principal } from "./principal.ts";

/** What the middleware leaves for the routes. */
export interface ApiEnv {
  /** On a server of Node: names and values in turn, as they came. */
  Bindings: { readonly incoming?: { readonly rawHeaders: readonly string[] } };
  Variables: {
    correlationId: string;
    principal: Principal;
    /** For the request's one log line. */
    logFields: Record<string, string | number | boolean | undefined>;
  };
}
