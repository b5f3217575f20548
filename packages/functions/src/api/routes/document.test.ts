import { LOCAL_DEFAULTS } from "@homing/core/settings";
import { expect, it } from "vitest";
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
