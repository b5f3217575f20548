import { afterAll, beforeAll, expect, it } from "vitest";
import { complaintsOf, type Dashboard, startDashboard } from "./dashboard.ts";

let dashboard: Dashboard;

beforeAll(async () => {
  dashboard = await startDashboard();
});
afterAll(() => dashboard?.close());

it("shows the headers of an attempt as far as they are kept, and copies its request as cURL", async () => {
  const { api, target } = dashboard;
  const { body } = await api.send({
    targetUrl: target.urlOf("/status/410"),
    headers: { authorization: "Bearer secret", "x-own": "1" },
    body: { id: 1 },
  });
  const { attempts } = await api.until(body.messageId, ({ status }) => status === "FAILED");
  const page = await dashboard.open(`/messages/${body.messageId}`, {
    permissions: ["clipboard-read", "clipboard-write"],
  });
  await page.getByText("Request", { exact: true }).first().click();
  const headers = page.getByLabel("Request headers of attempt 1");
  await headers.getByText("webhook-timestamp").waitFor();
  // What the target really got.
  const [request] = target.received.filter((one) => one.headers["webhook-id"] === body.messageId);
  await headers.getByText(String(request?.headers["webhook-timestamp"])).waitFor();
  expect(attempts[0]?.startedAt).toBeDefined();
  expect(await headers.textContent()).not.toContain("secret");
  await page.getByText("And webhook-signature, traceparent, x-correlation-id").waitFor();

  await page.getByRole("button", { name: "Copy as cURL" }).click();
  await page.getByText("Copied, without a signature").waitFor();
  const command = await page.evaluate(() => navigator.clipboard.readText());
  expect(command).toContain(`curl -X POST '${target.urlOf("/status/410")}'`);
  expect(command).toContain("-H 'authorization: ***'");
  expect(command).toContain(`--data-raw '{"id":1}'`);
  expect(complaintsOf(page)).toEqual([]);
  await page.close();
});

it("sends a message again as a new one, edited, once what is not shown has been typed", async () => {
  const { api, target } = dashboard;
  const { body } = await api.send({
    targetUrl: target.urlOf("/status/410"),
    senderId: "acme",
    headers: { authorization: "Bearer secret" },
    body: { id: 1 },
    metadata: { order: "42" },
  });
  await api.until(body.messageId, ({ status }) => status === "FAILED");
  const page = await dashboard.open(`/messages/${body.messageId}`);
  await page.getByRole("button", { name: "Edit and send again…" }).click();
  await page.getByLabel("URL").fill(target.urlOf("/ok/again"));
  await page.getByRole("textbox", { name: "Body" }).fill('{"id": 12345678901234567890');
  await page.getByRole("button", { name: "Send as a new message" }).click();
  await page.getByText("This is not JSON").waitFor();
  await page.getByText("authorization: not shown, so it has to be typed again, or removed").waitFor();
  await page.getByLabel("Value of header 1").fill("Bearer other");
  await page.getByRole("textbox", { name: "Body" }).fill('{"id": 12345678901234567890}');
  await page.getByRole("button", { name: "Send as a new message" }).click();
  await page.getByText("Completed", { exact: true }).first().waitFor();
  const got = target.received.find(({ path }) => path === "/ok/again");
  expect([got?.headers.authorization, got?.body]).toEqual(["Bearer other", '{"id":12345678901234567890}']);
  expect(page.url()).not.toContain(String(body.messageId));
  expect((await api.get(page.url().split("/").at(-1))).metadata).toEqual({ order: "42" });
  expect(complaintsOf(page)).toEqual([]);
  await page.close();
});
