import type { Principal } from "./principal.ts";

/** What the middleware leaves for the routes. */
export interface ApiEnv {
  Variables: {
    correlationId: string;
    principal: Principal;
    /** For the request's one log line. */
    logFields: Record<string, string | number | boolean | undefined>;
  };
}
