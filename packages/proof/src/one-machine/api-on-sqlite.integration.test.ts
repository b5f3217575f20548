/** What the API promises, by its own tests, with SQLite behind it. */
import { vi } from "vitest";
import { sqliteApi } from "./sqlite-api.ts";

vi.mock("@homing/functions/testing/memory-api", async (original) => {
  const memory = await original<typeof import("@homing/functions/testing/memory-api")>();
  return { ...memory, createMemoryApi: sqliteApi(memory.createMemoryApi) };
});

await import("@homing/functions/api/idempotency.test");
await import("@homing/functions/api/batch.test");
await import("@homing/functions/api/bulk-retry.test");
await import("@homing/functions/api/bulk-cancel.test");
await import("@homing/functions/api/lists.test");
await import("@homing/functions/api/endpoints.test");
await import("@homing/functions/api/stats.test");
await import("@homing/functions/api/events.test");
await import("@homing/functions/api/deliveries.test");
await import("@homing/functions/api/endpoint-states.test");
await import("@homing/functions/api/endpoint-secrets.test");
await import("@homing/functions/api/listeners.test");
await import("@homing/functions/api/replay.test");
await import("@homing/functions/api/resolve.test");
