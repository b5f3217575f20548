/** The API as its own application declares it, with the session's key. */
import type { App } from "@homing/functions/api/app";
import { hc } from "hono/client";
import { stageAt } from "./stage.ts";
import { send } from "./transport.ts";

/** Where the API is: said to a dashboard that is not served from the API's own origin. */
export const API_URL: string = import.meta.env.VITE_API_URL || location.origin;

/** The pages for those who write a producer or a receiver. */
export const DOCS_URL = `${API_URL}/docs`;

/** Which deployment this is. */
export const STAGE: string = import.meta.env.VITE_STAGE || stageAt(location.hostname);

export const { v1 } = hc<App>(API_URL, { fetch: send });
