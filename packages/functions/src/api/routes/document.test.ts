import { LOCAL_DEFAULTS } from "@homing/core/settings";
import { describe, expect, it } from "vitest";
import { documentRoutes } from "./document.ts";

it("the page is made once, not for everybody who asks: that takes tens of milliseconds, and needs no key", async () => {
  let reads = 0;
  const settings = new Proxy(LOCAL_DEFAULTS, {
    get: (target, name) => {
      reads += 1;
      return Reflect.get(target, name);
    },
  });
  const routes = documentRoutes({ settings });
  const page = async () => (await routes.request("/docs")).text();
  const [first, alongside] = await Promise.all([page(), page()]);
  expect(alongside).toBe(first);
  const readsOnce = reads;
  expect(readsOnce).toBeGreaterThan(0);
  expect(await page()).toBe(first);
  expect(reads).toBe(readsOnce);
});

describe("an address with a slash at its end", () => {
  const routes = documentRoutes({ settings: LOCAL_DEFAULTS });
  it.each([
    ["/docs/", "/docs"],
    ["/docs//", "/docs"],
    ["/docs/guides-retries/", "/docs/guides-retries"],
    ["/docs/api/?x=1", "/docs/api?x=1"],
  ])("leads to the page: %s", async (address, page) => {
    for (const method of ["GET", "HEAD"]) {
      const { status, headers } = await routes.request(address, { method });
      // RFC 9110, 15.4.9: for good, and with the same method.
      expect([status, headers.get("location")]).toEqual([308, page]);
    }
  });

  it("leads nowhere else for other methods, nor below the pages", async () => {
    expect((await routes.request("/docs/", { method: "POST" })).status).not.toBe(308);
    expect((await routes.request("/docs/a/b/")).status).not.toBe(308);
  });
});
