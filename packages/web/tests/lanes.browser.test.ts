import { afterAll, beforeAll, expect, it } from "vitest";
import { complaintsOf, type Dashboard, startDashboard } from "./dashboard.ts";

let dashboard: Dashboard;

beforeAll(async () => {
  dashboard = await startDashboard();
});
afterAll(() => dashboard?.close());

/** A lane whose first message has failed and blocks the others; the ids in their order. */
async function blockedLane(orderingKey: string, firstTarget: string): Promise<readonly string[]> {
  const { api, target } = dashboard;
  const ids: string[] = [];
  for (const path of [firstTarget, "/ok", "/ok", "/ok"]) {
    const { body } = await api.send({
      targetUrl: target.urlOf(path),
      senderId: "ledger",
      orderingKey,
      afterFailure: "block",
      body: 1,
    });
    ids.push(String(body.messageId));
  }
  await api.until(ids[0], ({ status }) => status === "FAILED");
  return ids;
}

it("a lane that stands still is told on the overview, with what holds it up; a retry in its place moves it", async () => {
  const ids = await blockedLane("order/4711", "/gone-then-ok");
  const page = await dashboard.open("/");
  await page.getByRole("heading", { name: /^1 lane stands still, the longest for/ }).waitFor();
  await page.getByRole("link", { name: "Show lanes" }).click();
  const lane = page.getByRole("article", { name: "order/4711" });
  await lane.getByText("Blocked").waitFor();
  await lane.getByText("3 wait behind it").waitFor();
  await lane.getByText(/The target rejected it · answered 410/).waitFor();
  await lane.getByText(/attempt 1 of 2/).waitFor();

  await lane.getByRole("link", { name: "order/4711" }).click();
  await page
    .getByRole("link", { name: /Waits for an earlier one/ })
    .last()
    .waitFor();
  await page.goto(`${dashboard.url}/messages/${ids[3]}`);
  await page.getByText("Waits for its turn: 3 ahead, behind").first().waitFor();
  expect(await page.getByRole("button", { name: "Send now…" }).count()).toBe(0);
  await page
    .getByRole("link", { name: String(ids[0]) })
    .first()
    .click();
  await page.getByRole("button", { name: "Skip…" }).waitFor();
  await page.getByRole("link", { name: "order/4711" }).click();

  await lane.getByRole("button", { name: "Retry…" }).click();
  const question = page.getByRole("alertdialog", { name: "Retry this message?" });
  await question.getByText("It keeps its place: those behind it go on once it is delivered.").waitFor();
  await question.getByRole("button", { name: "Retry", exact: true }).click();
  await lane.getByText("Nobody is in line").waitFor();
  await lane.getByText("Flowing").waitFor();
  expect((await dashboard.api.get(ids[3])).status).toBe("COMPLETED");
  await page.getByRole("link", { name: "Lanes", exact: true }).click();
  await page.getByRole("heading", { name: "Every lane moves" }).waitFor();
  expect(complaintsOf(page)).toEqual([]);
  await page.close();
});

it("what blocks a lane can be skipped, after asking, and the others go on", async () => {
  const ids = await blockedLane("order-2", "/status/410");
  const page = await dashboard.open("/lanes");
  const lane = page.getByRole("article", { name: "order-2" });
  await lane.getByRole("button", { name: "Skip…" }).click();
  const question = page.getByRole("alertdialog", { name: "Let the others go on without this message?" });
  await question.getByRole("button", { name: "Keep them waiting" }).click();
  await question.waitFor({ state: "detached" });
  expect((await dashboard.api.get(ids[1])).status).toBe("PENDING");

  await lane.getByRole("button", { name: "Skip…" }).click();
  await question.getByRole("button", { name: "Skip the message" }).click();
  await page.getByText("Skipped. Those behind it go on.").waitFor();
  await page.getByRole("heading", { name: "Every lane moves" }).waitFor();
  await dashboard.api.until(ids[3], ({ status }) => status === "COMPLETED");
  await page.goto(`${dashboard.url}/messages/${ids[0]}`);
  await page.getByText("Those behind it in its order went on without it.").waitFor();
  expect(await page.getByRole("button", { name: "Skip…" }).count()).toBe(0);
  expect(complaintsOf(page)).toEqual([]);
  await page.close();
});

it("a lane that moves is found by its key, and a key that may only read changes nothing", async () => {
  const { api, target, request } = dashboard;
  const ordered = {
    targetUrl: target.urlOf("/status/503"),
    senderId: "acme",
    orderingKey: "order-3",
    body: 1,
  };
  const { body } = await api.send(ordered);
  await api.send(ordered);
  await api.until(body.messageId, ({ pendingReason }) => pendingReason === "RETRY");

  const page = await dashboard.open("/lanes?ordering=order-3");
  await page.getByRole("heading", { name: "Whose ordering key is this?" }).waitFor();
  await page.locator("form").getByLabel("Sender").last().fill("acme");
  await page.getByRole("button", { name: "Look up" }).click();
  const lane = page.getByRole("article", { name: "order-3" });
  await lane.getByText("1 waits behind it").waitFor();
  await lane.getByText(/^Retry: attempt 2 of 2 in/).waitFor();
  await lane.getByRole("button", { name: "Cancel…" }).waitFor();
  await page.close();

  const { key } = await request("POST", "/v1/keys", { senderId: "acme", scopes: ["read"] });
  const reading = await dashboard.open("/lanes?ordering=order-3", { key: String(key) });
  await reading.getByText(/^Retry: attempt 2 of 2 in/).waitFor();
  expect(await reading.getByRole("button", { name: "Cancel…" }).count()).toBe(0);
  await reading.goto(`${dashboard.url}/lanes?ordering=order-4`);
  await reading.getByRole("heading", { name: "There is no such lane" }).waitFor();
  await reading.close();
});
