/** Endpoints that fail and hold what is for them, as they are shown: the endpoint, what it holds, its probes. */
import { MINUTE, SECOND } from "@homing/core/duration";
import { isGated } from "@homing/core/endpoint/endpoint";
import { GATE_POLICY } from "@homing/core/endpoint/gate";
import { nextProbe } from "@homing/core/endpoint/gate-change";
import { failing } from "@homing/core/endpoint/health-change";
import { HEALTH_POLICY } from "@homing/core/endpoint/health-policy";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { complaintsOf, type Dashboard, startDashboard } from "./dashboard.ts";

let dashboard: Dashboard;

beforeAll(async () => {
  dashboard = await startDashboard({ HOMING_FAILING_GATE: "on" });
});
afterAll(() => dashboard?.close());

/** Its first probe comes long after the test, unless that lets it come. */
const POLICY = { ...HEALTH_POLICY, gate: { ...GATE_POLICY, firstProbeMs: 15 * MINUTE } };

/** An endpoint that holds so many deliveries: what a worker writes after two minutes of failures, written at once. */
async function gated(senderId: string, path: string, deliveries: number): Promise<string> {
  const url = dashboard.target.urlOf(path);
  const { endpointId } = await dashboard.request("POST", "/v1/endpoints", { senderId, url });
  const { endpoints, newToken, clock } = dashboard.services();
  const endpoint = await endpoints.get(senderId, String(endpointId));
  if (!endpoint) throw new Error("it has just been made");
  const now = clock.now();
  const failure = { at: now, messageId: "msg_00000000000000000000000000", responseStatus: 503 };
  const told = { since: now - 2 * MINUTE, count: 20, failure };
  const change = failing(endpoint, told, { now, token: newToken() }, POLICY, true);
  expect(await endpoints.change(endpoint, change)).toHaveProperty("gate");
  for (let n = 0; n < deliveries; n += 1)
    await dashboard.request("POST", "/v1/events", { senderId, eventType: "invoice.paid", body: n });
  return String(endpointId);
}

/** The time until its first probe is over. */
async function letProbe(senderId: string, endpointId: string): Promise<void> {
  const { endpoints, newToken, clock } = dashboard.services();
  const endpoint = await endpoints.get(senderId, endpointId);
  if (!endpoint || !isGated(endpoint)) throw new Error("it holds");
  const occasion = { now: clock.now(), token: newToken() };
  const soon = nextProbe(endpoint, undefined, occasion, { ...GATE_POLICY, firstProbeMs: SECOND });
  expect(await endpoints.change(endpoint, soon)).toBeDefined();
}

const HELD = /Held until its endpoint is well again/;
const details = (page: Page) => page.getByRole("region", { name: "Details" });

it("an endpoint that fails says what it holds since when, and when it is tried; each message leads there", async () => {
  const endpointId = await gated("held", "/ok/well-again", 2);
  const page = await dashboard.open("/endpoints?sender=held");
  await page.getByRole("link", { name: /well-again.*Failing/ }).click();
  await page
    .getByText("Nothing gets through, and its deliveries are held: the last attempt was answered 503")
    .waitFor();
  await page.getByText("2 deliveries held, the oldest from").waitFor();
  await page.getByText(/^Next probe in 1[45]:\d\d$/).waitFor();
  await details(page).getByText("Held since", { exact: true }).waitFor();
  expect(await details(page).getByText("Latest probe").count()).toBe(0);
  await expect.poll(() => page.getByRole("link", { name: HELD }).count()).toBe(2);

  await page.getByRole("link", { name: HELD }).first().click();
  await page
    .getByText(/^Held: its endpoint fails, and is tried next in/)
    .first()
    .waitFor();
  await page.getByRole("link", { name: "its endpoint" }).first().click();
  await page.waitForURL(`**/endpoints/${endpointId}`);
  await page.goto(`${dashboard.url}/messages?tab=waiting&sender=held`);
  await page
    .getByRole("link", { name: /^Held .*Held until its endpoint is well again/ })
    .first()
    .waitFor();
  expect(complaintsOf(page)).toEqual([]);
  await page.close();
});

it("one message that is delivered by hand, and arrives, releases the others", async () => {
  const endpointId = await gated("released", "/ok/released", 3);
  const page = await dashboard.open(`/endpoints/${endpointId}`);
  await page.getByRole("link", { name: HELD }).first().click();
  await page.getByRole("button", { name: "Deliver now…" }).click();
  const question = page.getByRole("alertdialog", {
    name: "Deliver this message although its endpoint fails?",
  });
  await question.getByText("If it succeeds, all that is held for the endpoint goes on.").waitFor();
  await question.getByRole("button", { name: "Deliver now" }).click();
  await page.getByText("Delivered", { exact: true }).first().waitFor();
  await page.goto(`${dashboard.url}/endpoints/${endpointId}`);
  await page.getByText("It gets its events", { exact: true }).waitFor();
  await expect.poll(() => page.getByRole("link", { name: /invoice\.paid.*Delivered/ }).count()).toBe(3);
  expect(await page.getByText("Held since").count()).toBe(0);
  expect(complaintsOf(page)).toEqual([]);
  await page.close();
});

it("a probe that fails is counted and can be looked at: its attempt is told, and that it is held on", async () => {
  const endpointId = await gated("probed", "/status/503/probed", 2);
  const page = await dashboard.open(`/endpoints/${endpointId}`);
  await page.getByText("2 deliveries held, the oldest from").waitFor();
  await letProbe("probed", endpointId);
  await details(page).getByText("Latest probe").waitFor();
  expect(await details(page).textContent()).toMatch(/Probes1Latest probemsg_/);
  const link = details(page).getByRole("link", { name: /^msg_/ });
  await dashboard.api.until(
    await link.textContent(),
    ({ attempts, pendingReason }) => attempts.length === 1 && pendingReason === "ENDPOINT_FAILING",
  );
  await link.click();
  await page.getByRole("heading", { name: "What happened" }).waitFor();
  await page
    .getByText(/Attempt 1/)
    .first()
    .waitFor();
  await page
    .getByText(/^Held: its endpoint fails/)
    .first()
    .waitFor();
  // The other one has not been tried.
  const { items } = await dashboard.request("GET", "/v1/messages?senderId=probed");
  expect((items as readonly { attemptCount: number }[]).map((one) => one.attemptCount).toSorted()).toEqual([
    0, 1,
  ]);
  expect(complaintsOf(page)).toEqual([]);
  await page.close();
});

it("several that are held are delivered by hand, though their endpoint fails, and it is said first", async () => {
  const endpointId = await gated("several", "/status/503/several", 2);
  const page = await dashboard.open(`/endpoints/${endpointId}`);
  await page.getByRole("checkbox", { name: "Select all 2 shown" }).click();
  await page.getByRole("button", { name: "Send 2 now…" }).click();
  const dialog = page.getByRole("dialog", { name: "Retry selected messages" });
  await dialog.getByText("2 that are held will be delivered although their endpoint fails.").waitFor();
  await dialog.getByRole("button", { name: "Send 2 now" }).click();
  await dialog.getByText("2 messages were retried.").waitFor();
  await dialog.getByRole("button", { name: "Done" }).click();
  // They have failed, and are held until it is well again.
  await expect
    .poll(async () => (await dashboard.request("GET", "/v1/messages?senderId=several")).items)
    .toEqual([
      expect.objectContaining({ attemptCount: 1, pendingReason: "ENDPOINT_FAILING" }),
      expect.objectContaining({ attemptCount: 1, pendingReason: "ENDPOINT_FAILING" }),
    ]);
  await page.close();
});
