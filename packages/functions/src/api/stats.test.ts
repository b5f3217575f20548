import { describe, expect, it } from "vitest";
import { createMemoryApi } from "../testing/memory-api.ts";

const send = (api: ReturnType<typeof createMemoryApi>, senderId: string) =>
  api.call("POST", "/v1/messages", { json: { targetUrl: "https://example.com/", senderId } });

/** What only those may see who see all senders. */
const SHARED = { queue: { visible: 3, inFlight: 0, delayed: 0 }, deadLetters: 0 };

describe("the counts", () => {
  it("of everything tell of the queue; those of one sender of nothing that others have a part in", async () => {
    const api = createMemoryApi();
    for (const senderId of ["acme", "globex", "globex"]) await send(api, senderId);
    const all = await api.call("GET", "/v1/stats");
    expect(all.body).toMatchObject({ ...SHARED, counts: { QUEUED: 3 } });

    const own = await api.call("GET", "/v1/stats", { key: await api.createKey("acme", ["read"]) });
    const asked = await api.call("GET", "/v1/stats?senderId=acme");
    for (const { body } of [own, asked]) {
      expect(body.counts.QUEUED).toBe(1);
      for (const name of Object.keys(SHARED)) expect(body).not.toHaveProperty(name);
      expect(body.oldestOverdueSeconds).toBe(0);
      expect(JSON.stringify(body)).not.toContain("null");
    }
  });

  it("of a sender say nothing of another's lateness", async () => {
    const api = createMemoryApi();
    await send(api, "globex");
    api.clock.advance(3_600_000);
    expect((await api.call("GET", "/v1/stats")).body.oldestOverdueSeconds).toBeGreaterThan(0);
    expect((await api.call("GET", "/v1/stats?senderId=acme")).body.oldestOverdueSeconds).toBe(0);
    expect((await api.call("GET", "/v1/stats?senderId=globex")).body.oldestOverdueSeconds).toBeGreaterThan(0);
  });
});
