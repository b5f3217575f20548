import { expect, it } from "vitest";
import { buildEndpoint } from "../testing/build-endpoint.ts";
import { NOON, TestClock } from "../testing/test-clock.ts";
import type { Endpoint } from "./endpoint.ts";
import type { EndpointPlace } from "./endpoint-store.ts";
import { listEndpointsByIdPart } from "./list-by-id.ts";
import { MemoryEndpointStore } from "./memory-endpoint-store.ts";

it("looks at 500 endpoints a page, and goes on where it stopped: none is left out, none shown twice", async () => {
  const store = new MemoryEndpointStore(new TestClock());
  const wanted = new Set<string>();
  for (let n = 0; n < 1_200; n += 1) {
    const endpoint = buildEndpoint({ createdAt: NOON + Math.floor(n / 3) });
    await store.insert(endpoint);
    if (n % 400 === 0 || n % 400 === 1) wanted.add(endpoint.endpointId);
  }
  for (const limit of [50, 1]) {
    const found: string[] = [];
    let pages = 0;
    let after: EndpointPlace | undefined;
    do {
      const asked = { attention: false, limit, ...(after ? { after } : {}) };
      const page = await listEndpointsByIdPart(store, asked, ({ endpointId }: Endpoint) =>
        wanted.has(endpointId),
      );
      found.push(...page.endpoints.map(({ endpointId }) => endpointId));
      after = page.next;
      pages += 1;
    } while (after);
    expect(found).toHaveLength(6);
    expect(new Set(found)).toEqual(wanted);
    if (limit === 50) expect(pages).toBe(3);
  }
});
