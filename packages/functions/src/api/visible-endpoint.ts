import type { Endpoint } from "@homing/core/endpoint/endpoint";
import { ENDPOINT_ID } from "@homing/core/endpoint/endpoint-id";
import type { Context } from "hono";
import type { RouteDependencies } from "./dependencies.ts";
import type { ApiEnv } from "./env.ts";
import { notFound } from "./middleware.ts";
import { maySee, type Scope } from "./principal.ts";
import { refuseReserved } from "./reserved-sender.ts";

/** The endpoint of a route's path, for whoever may see it and has the scope. */
export function visibleEndpoint({ endpoints, admission }: RouteDependencies) {
  /** Deleted or not. @throws HomingError */
  const known = async (c: Context<ApiEnv>, scope: Scope): Promise<Endpoint> => {
    const endpointId = c.req.param("endpointId") ?? "";
    if (!ENDPOINT_ID.test(endpointId)) throw notFound();
    const endpoint = await admission.admitToFound(c, scope, async () => {
      const found = await endpoints.find(endpointId);
      if (!found || !maySee(c.get("principal"), found.senderId)) throw notFound();
      return found;
    });
    if (scope === "endpoints") refuseReserved(c.get("principal"), endpoint.senderId);
    c.set("logFields", { endpointId, senderId: endpoint.senderId });
    return endpoint;
  };

  /** @throws HomingError */
  const existing = async (c: Context<ApiEnv>, scope: Scope): Promise<Endpoint> => {
    const endpoint = await known(c, scope);
    if (endpoint.state === "DELETED") throw notFound();
    return endpoint;
  };

  return { known, existing };
}
