/** The pages at /docs in a browser: they fit, anybody can read them, and a language is chosen once. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { complaintsOf, type Dashboard, startDashboard } from "./dashboard.ts";
import { violationsOf } from "./violations.ts";

const PAGES = ["/docs", "/docs/first-message", "/docs/coming-from-svix"];

let dashboard: Dashboard;
beforeAll(async () => {
  dashboard = await startDashboard();
});
afterAll(() => dashboard?.close());

describe.each(["light", "dark"] as const)("in the %s theme", (colorScheme) => {
  it("the pages fit on a phone, and nothing keeps anybody from reading them", async () => {
    const viewport = { width: 390, height: 844 };
    const page = await dashboard.open("/docs", { key: null, colorScheme, viewport });
    for (const path of PAGES) {
      await page.goto(dashboard.url + path);
      const wider = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect([path, wider]).toEqual([path, 0]);
      expect([path, await violationsOf(page)]).toEqual([path, []]);
    }
    expect(complaintsOf(page)).toEqual([]);
    await page.close();
  });
});

it("a language is chosen once, for all programs and all pages, and programs name this stack", async () => {
  const page = await dashboard.open("/docs/first-message", { key: null });
  const shown = () => page.locator(".tabs .program:visible code").allTextContents();
  expect((await shown()).join("\n")).toContain(`export HOMING_URL=${dashboard.url}`);
  await page.locator("label", { hasText: "Python" }).first().click();
  const python = (await shown()).join("\n");
  expect(python).toContain("import os");
  expect(python).not.toContain("curl");
  await page.goto(`${dashboard.url}/docs/verifying`);
  expect((await shown()).join("\n")).toContain("from homing import VerificationError, verify");
  expect(complaintsOf(page)).toEqual([]);
  await page.close();
});

it("without scripts a language can be chosen too", async () => {
  const page = await dashboard.open("/docs/idempotency", { key: null, javaScriptEnabled: false });
  const group = page.locator(".tabs").first();
  await group.locator("label", { hasText: "TypeScript" }).click();
  expect(await group.locator(".program:visible code").allTextContents()).toEqual([
    expect.stringContaining('from "@homing/client"'),
  ]);
  await page.close();
});
