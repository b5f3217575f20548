import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { complaintsOf, type Dashboard, OPERATOR_KEY, startDashboard } from "./dashboard.ts";

let dashboard: Dashboard;

beforeAll(async () => {
  dashboard = await startDashboard();
});
afterAll(() => dashboard?.close());

it("where nothing was ever sent, a press or a pasted line sends the first message; then it is gone", async () => {
  const reader = String(
    (await dashboard.request("POST", "/v1/keys", { senderId: "idle", scopes: ["read"] })).key,
  );
  const watching = await dashboard.open("/", { key: reader });
  await watching.getByText("Live", { exact: true }).waitFor();

  const page = await dashboard.open("/", { permissions: ["clipboard-read", "clipboard-write"] });
  const panel = page.getByRole("region", { name: "Send a first message" });
  await panel.waitFor();
  expect(await page.textContent("body")).not.toContain(OPERATOR_KEY);
  await panel.getByRole("button", { name: "Copy line with your key" }).click();
  const line = await page.evaluate(() => navigator.clipboard.readText());
  const { stdout } = await promisify(execFile)("sh", ["-c", line]);
  expect(JSON.parse(stdout)).toMatchObject({ status: "QUEUED" });
  await panel.waitFor({ state: "detached" });
  // A key that may not send is not told how to.
  expect(await watching.getByText("Send a first message").count()).toBe(0);
  expect(complaintsOf(page)).toEqual([]);
  await watching.close();
  await page.close();
});

it("the button sends it to whatever URL is put in, and shows what becomes of it", async () => {
  const key = String(
    (await dashboard.request("POST", "/v1/keys", { senderId: "fresh", scopes: ["read", "send"] })).key,
  );
  const page = await dashboard.open("/", { key });
  await page.getByLabel("Where to").fill("nowhere");
  await page.getByRole("button", { name: "Send a test message" }).click();
  await page.getByRole("alert").getByText("targetUrl").waitFor();
  await page.getByLabel("Where to").fill(dashboard.target.urlOf("/first"));
  await page.getByRole("button", { name: "Send a test message" }).click();
  await page.waitForURL("**/messages/msg_*");
  await page.getByRole("heading", { name: "What happened" }).waitFor();
  await page.getByText("Delivered", { exact: true }).first().waitFor();
  expect(complaintsOf(page)).toEqual([]);
  await page.close();
});
