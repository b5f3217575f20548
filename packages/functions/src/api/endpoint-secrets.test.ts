import { DAY, SECOND } from "@homing/core/duration";
import { knownEndpoint } from "@homing/core/endpoint/known-endpoint";
import { describe, expect, it } from "vitest";
import { MemoryKeyStore } from "../keys/memory-key-store.ts";
import { createSigningSecrets } from "../signing-secrets.ts";
import { createMemoryApi, type MemoryApi } from "../testing/memory-api.ts";

const ENDPOINT = { senderId: "cus_42", url: "https://example.com/hook" };
const BROUGHT = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
const SECRET = /^whsec_[A-Za-z0-9+/]{42,43}=*$/;

async function withEndpoint(
  over: object = {},
): Promise<{ api: MemoryApi; path: string; endpointId: string }> {
  const api = createMemoryApi();
  const { body } = await api.call("POST", "/v1/endpoints", { json: { ...ENDPOINT, ...over } });
  return { api, path: `/v1/endpoints/${body.endpointId}`, endpointId: body.endpointId };
}

/** What a delivery of this moment is signed with. */
async function signedWith(api: MemoryApi, endpointId: string): Promise<readonly string[]> {
  const { signingMaster, endpoints, clock } = api.dependencies;
  const secrets = createSigningSecrets({ master: signingMaster, senders: new MemoryKeyStore(), clock });
  const endpoint = await endpoints.find(endpointId);
  if (!endpoint) throw new Error("it is there");
  return secrets.forEndpoint({ ...knownEndpoint(endpoint, clock.now()), senderId: "cus_42", endpointId });
}

const timeAfter = (api: MemoryApi, ms: number) => new Date(api.clock.now() + ms).toISOString();

describe("a rotation", () => {
  it("gives the endpoint another secret, and keeps the old one in force for a day", async () => {
    const { api, path, endpointId } = await withEndpoint();
    const { secret: first } = (await api.call("GET", `${path}/secret`)).body;
    const { status, body } = await api.call("POST", `${path}/rotate`);
    expect(status).toBe(200);
    expect(body).toEqual({
      secret: expect.stringMatching(SECRET),
      previous: [{ secret: first, validUntil: timeAfter(api, DAY) }],
    });
    expect(body.secret).not.toBe(first);
    expect((await api.call("GET", `${path}/secret`)).body).toEqual(body);
    expect(await signedWith(api, endpointId)).toEqual([body.secret, first]);
    expect((await api.call("GET", path)).body.secret).toEqual({
      generation: 2,
      imported: false,
      previousValidUntil: timeAfter(api, DAY),
    });

    api.clock.advance(DAY - 1);
    expect(await signedWith(api, endpointId)).toEqual([body.secret, first]);
    api.clock.advance(1);
    expect(await signedWith(api, endpointId)).toEqual([body.secret]);
    expect((await api.call("GET", `${path}/secret`)).body).toEqual({ secret: body.secret, previous: [] });
    expect((await api.call("GET", path)).body.secret).toEqual({ generation: 2, imported: false });
  });

  it("keeps the old one for as long as is asked for, from not at all to a week", async () => {
    const { api, path, endpointId } = await withEndpoint();
    const { body: week } = await api.call("POST", `${path}/rotate`, { json: { graceSeconds: 604_800 } });
    expect(week.previous[0].validUntil).toBe(timeAfter(api, 7 * DAY));
    const { body: none } = await api.call("POST", `${path}/rotate`, { json: { graceSeconds: 0 } });
    // The one of before has its own time.
    expect(none.previous).toEqual(week.previous);
    expect(await signedWith(api, endpointId)).toEqual([none.secret, week.previous[0].secret]);
  });

  it("takes a secret that is brought along, and stores none in clear", async () => {
    const { api, path, endpointId } = await withEndpoint({ secret: BROUGHT });
    const other = `whsec_${Buffer.alloc(24, 9).toString("base64")}`;
    const { body } = await api.call("POST", `${path}/rotate`, { json: { secret: other } });
    expect(body).toMatchObject({ secret: other, previous: [{ secret: BROUGHT }] });
    expect((await api.call("GET", path)).body.secret).toMatchObject({ generation: 2, imported: true });
    const { body: derived } = await api.call("POST", `${path}/rotate`);
    expect(derived.previous.map(({ secret }: { secret: string }) => secret)).toEqual([other, BROUGHT]);
    expect(await signedWith(api, endpointId)).toEqual([derived.secret, other, BROUGHT]);
    expect((await api.call("GET", path)).body.secret).toMatchObject({ generation: 3, imported: false });
    const stored = JSON.stringify(await api.dependencies.endpoints.find(endpointId));
    for (const secret of [BROUGHT, other, derived.secret]) {
      expect(stored).not.toContain(secret);
      expect(stored).not.toContain(secret.slice("whsec_".length));
    }
  });

  it("leaves at most five old ones in force, the latest", async () => {
    const { api, path, endpointId } = await withEndpoint();
    const secrets = [(await api.call("GET", `${path}/secret`)).body.secret];
    for (let rotations = 0; rotations < 7; rotations += 1) {
      api.clock.advance(SECOND);
      secrets.unshift((await api.call("POST", `${path}/rotate`)).body.secret);
    }
    expect(new Set(secrets).size).toBe(8);
    expect(await signedWith(api, endpointId)).toEqual(secrets.slice(0, 6));
    api.clock.advance(DAY - 2 * SECOND);
    // The rotation before the last was a day ago.
    expect(await signedWith(api, endpointId)).toEqual(secrets.slice(0, 3));
  });

  it.each([
    [{ graceSeconds: -1 }, ["graceSeconds"]],
    [{ graceSeconds: 604_801 }, ["graceSeconds"]],
    [{ graceSeconds: 1.5 }, ["graceSeconds"]],
    [{ graceSeconds: "60", secret: "whsec_c2hvcnQ=", more: 1 }, ["graceSeconds", "more", "secret"]],
  ])("is refused as %j", async (json, paths) => {
    const { api, path } = await withEndpoint();
    const { status, body } = await api.call("POST", `${path}/rotate`, { json });
    expect(status).toBe(400);
    expect(body.errors.map((error: { path: string }) => error.path).sort()).toEqual(paths);
    expect((await api.call("GET", path)).body.secret.generation).toBe(1);
  });

  it("is known to deliveries 20 seconds later at the latest", async () => {
    const { api, path, endpointId } = await withEndpoint();
    const { endpointReader } = api.dependencies;
    const owner = { senderId: "cus_42", endpointId };
    await endpointReader.read(owner);
    await api.call("POST", `${path}/rotate`);
    api.clock.advance(20 * SECOND);
    expect(await endpointReader.read(owner)).toMatchObject({
      generation: 2,
      previousSecrets: [{ generation: 1 }],
    });
  });
});
