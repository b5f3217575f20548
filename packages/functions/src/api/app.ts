/** The HTTP API: what every request passes, and the routes behind it. Each parses, calls the core and presents. */
import { Hono } from "hono";
import { Admission } from "./admission.ts";
import { allowedMethods } from "./allowed-methods.ts";
import { answeredWhenSafe } from "./answered-when-safe.ts";
import { Cursors } from "./cursor.ts";
import type { AppDependencies } from "./dependencies.ts";
import type { ApiEnv } from "./env.ts";
import {
  authentication,
  correlation,
  notFound,
  problemHandler,
  problemResponse,
  requestLog,
} from "./middleware.ts";
import { shedLoad } from "./overload.ts";
import { RateLimiter } from "./rate-limit.ts";
import { batchRoutes } from "./routes/batch.ts";
import { bulkRoutes } from "./routes/bulk.ts";
import { documentRoutes } from "./routes/document.ts";
import { endpointSecretRoutes } from "./routes/endpoint-secrets.ts";
import { endpointTestRoutes } from "./routes/endpoint-test.ts";
import { endpointRoutes } from "./routes/endpoints.ts";
import { eventRoutes } from "./routes/events.ts";
import { healthRoutes } from "./routes/health.ts";
import { keyRoutes } from "./routes/keys.ts";
import { laneRoutes } from "./routes/lanes.ts";
import { listenerRoutes } from "./routes/listeners.ts";
import { messageRoutes } from "./routes/messages.ts";
import { portalRoutes } from "./routes/portal.ts";
import { replayRoutes } from "./routes/replay.ts";
import { statsRoutes } from "./routes/stats.ts";
import { targetRoutes } from "./routes/targets.ts";

export type { AppDependencies } from "./dependencies.ts";

export function createApp(dependencies: AppDependencies) {
  const { observer, clock, rateLimit, maxCallsInProgress = Infinity, maxHeldBytes } = dependencies;
  const deps = {
    ...dependencies,
    admission: new Admission(new RateLimiter(clock, rateLimit)),
    cursors: new Cursors(dependencies.signingMaster),
  };
  const app = new Hono<ApiEnv>();
  app.onError(problemHandler(observer));
  app.notFound((c) => problemResponse(c, notFound()));
  return (
    app
      .use(correlation)
      .use(requestLog(observer, clock))
      .route("/", healthRoutes(deps))
      .route("/", documentRoutes(deps))
      // Everything above is open to everybody, and answered whatever the load.
      .use("/v1/*", shedLoad({ maxCallsInProgress, ...(maxHeldBytes === undefined ? {} : { maxHeldBytes }) }))
      .use("/v1/*", answeredWhenSafe(dependencies.beginCall))
      .use("/v1/*", authentication(deps.authenticator))
      .use("/v1/*", allowedMethods(app))
      .route("/", messageRoutes(deps))
      .route("/", batchRoutes(deps))
      .route("/", bulkRoutes(deps))
      .route("/", eventRoutes(deps))
      .route("/", laneRoutes(deps))
      .route("/", endpointRoutes(deps))
      .route("/", replayRoutes(deps))
      .route("/", endpointSecretRoutes(deps))
      .route("/", endpointTestRoutes(deps))
      .route("/", listenerRoutes(deps))
      .route("/", statsRoutes(deps))
      .route("/", targetRoutes(deps))
      .route("/", keyRoutes(deps))
      .route("/", portalRoutes(deps))
  );
}

/** For the typed clients: `hc<App>`. */
export type App = ReturnType<typeof createApp>;
