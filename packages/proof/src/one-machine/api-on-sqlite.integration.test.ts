/** What the API promises, by its own tests, with SQLite behind it; but for what is refused before anything is stored. */
import { describe, vi } from "vitest";
import { sqliteApi } from "./sqlite-api.ts";

vi.mock("@homing/functions/testing/memory-api", async (original) => {
  const memory = await original<typeof import("@homing/functions/testing/memory-api")>();
  return { ...memory, createMemoryApi: sqliteApi(memory.createMemoryApi) };
});

const TESTS = {
  idempotency: () => import("@homing/functions/api/idempotency.test"),
  batch: () => import("@homing/functions/api/batch.test"),
  "bulk retry": () => import("@homing/functions/api/bulk-retry.test"),
  "bulk cancel": () => import("@homing/functions/api/bulk-cancel.test"),
  lists: () => import("@homing/functions/api/lists.test"),
  endpoints: () => import("@homing/functions/api/endpoints.test"),
  stats: () => import("@homing/functions/api/stats.test"),
  events: () => import("@homing/functions/api/events.test"),
  deliveries: () => import("@homing/functions/api/deliveries.test"),
  "endpoints' states": () => import("@homing/functions/api/endpoint-states.test"),
  "endpoints' secrets": () => import("@homing/functions/api/endpoint-secrets.test"),
  listeners: () => import("@homing/functions/api/listeners.test"),
  replay: () => import("@homing/functions/api/replay.test"),
  resolve: () => import("@homing/functions/api/resolve.test"),
  order: () => import("@homing/functions/api/order.test"),
  keys: () => import("@homing/functions/api/keys.test"),
  portal: () => import("@homing/functions/api/portal.test"),
  refusals: () => import("@homing/functions/api/refusals.test"),
  fuzz: () => import("@homing/functions/api/fuzz.test"),
};

// Each in a suite of its own: what one does before each of its tests is nothing to the others.
describe.each(Object.entries(TESTS))("%s", async (_name, load) => {
  await load();
});
