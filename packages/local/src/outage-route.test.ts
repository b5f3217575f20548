import type { Authenticator, Scope } from "@homing/functions/api/principal";
import { expect, it } from "vitest";
import { OUTAGE_PATH, outageRoute } from "./outage-route.ts";

function routeFor(senderId: string, scopes: readonly Scope[]) {
  const outages: number[] = [];
  const authenticator: Authenticator = {
    authenticate: async () => ({ keyId: "k", senderId, scopes }),
    forget: () => {},
  };
  const route = outageRoute(authenticator, { begin: (ms) => outages.push(ms) });
  return { outages, post: (query: string) => route.request(`${OUTAGE_PATH}?${query}`, { method: "POST" }) };
}

it("cuts the queue off for a key that operates for all senders", async () => {
  const { outages, post } = routeFor("*", ["operate"]);
  expect((await post("seconds=20")).status).toBe(204);
  expect(outages).toEqual([20_000]);
});

it.each<[string, readonly Scope[]]>([
  ["acme", ["operate"]],
  ["acme", ["send", "read", "operate"]],
  ["*", ["send", "read"]],
])("does nothing for a key of %s with %j: the outage would be everybody's", async (senderId, scopes) => {
  const { outages, post } = routeFor(senderId, scopes);
  expect((await post("seconds=20")).status).toBe(403);
  expect(outages).toEqual([]);
});
