import { afterAll, beforeAll, expect, it } from "vitest";
import { complaintsOf, type Dashboard, startDashboard } from "./dashboard.ts";

let dashboard: Dashboard;

beforeAll(async () => {
  dashboard = await startDashboard();
});
afterAll(() => dashboard?.close());

async function failed(senderId: string): Promise<string> {
  const { api, target } = dashboard;
  const { body } = await api.send({ targetUrl: target.urlOf("/status/410"), senderId, body: 1 });
  await api.until(body.messageId, ({ status }) => status === "FAILED");
  return String(body.messageId);
}

it("a failure that has been dealt with is resolved, one or all: the light goes out, and they stay findable", async () => {
  const [first] = [await failed("acme"), await failed("acme"), await failed("acme")];
  const page = await dashboard.open("/");
  await page.getByRole("heading", { name: "3 messages failed" }).waitFor();
  await page.goto(`${dashboard.url}/messages/${first}`);
  await page.getByRole("button", { name: "Resolve…" }).click();
  const question = page.getByRole("alertdialog", { name: "Resolve this failure?" });
  await question.getByRole("button", { name: "Not now" }).click();
  await question.waitFor({ state: "detached" });
  expect(await dashboard.api.get(first)).not.toHaveProperty("resolvedAt");
  await page.getByRole("button", { name: "Resolve…" }).click();
  await question.getByRole("button", { name: "Resolve", exact: true }).click();
  await page.getByText("Resolved: the target rejected it").waitFor();
  expect(await page.getByRole("button", { name: "Resolve…" }).count()).toBe(0);
  await page.getByRole("button", { name: "Retry…" }).waitFor();

  await page.goto(`${dashboard.url}/messages?tab=failed&sender=acme`);
  await expect.poll(() => page.locator("[data-message]").count()).toBe(2);
  await page.getByRole("button", { name: "Resolve failed…" }).click();
  const dialog = page.getByRole("dialog", { name: "Resolve failed messages" });
  await dialog.getByText("2 failed messages").waitFor();
  await dialog.getByRole("button", { name: "Resolve 2" }).click();
  await dialog.getByText("2 messages were resolved.").waitFor();
  await dialog.getByRole("button", { name: "Done" }).click();
  await page.getByRole("link", { name: "Resolved", exact: true }).click();
  await expect.poll(() => page.locator("[data-message]").count()).toBe(3);
  await page.getByRole("link", { name: "Overview", exact: true }).click();
  await page.getByRole("link", { name: "Failed 0" }).waitFor();
  expect(complaintsOf(page)).toEqual([]);
  await page.close();
});

it("failures are told apart by what was answered and by the reason, and only these are resolved", async () => {
  const { api, target } = dashboard;
  await failed("umbrella");
  const { body } = await api.send({ targetUrl: target.urlOf("/status/404"), senderId: "umbrella", body: 1 });
  await api.until(body.messageId, ({ status }) => status === "FAILED");
  const page = await dashboard.open("/messages?tab=failed&sender=umbrella");
  await expect.poll(() => page.locator("[data-message]").count()).toBe(2);
  await page.getByLabel("Reason").selectOption("EXPIRED");
  await page.getByRole("heading", { name: "No message matches" }).waitFor();
  await page.getByLabel("Reason").selectOption("TARGET_REJECTED");
  await page.getByLabel("Answered").fill("404");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/messages?tab=failed&sender=umbrella&reason=TARGET_REJECTED&answer=404");
  await expect.poll(() => page.locator("[data-message]").count()).toBe(1);
  await page.getByRole("button", { name: "Resolve failed…" }).click();
  const dialog = page.getByRole("dialog", { name: "Resolve failed messages" });
  await dialog.getByText("of umbrella that failed with TARGET_REJECTED whose target answered 404").waitFor();
  await dialog.getByRole("button", { name: "Resolve 1" }).click();
  await dialog.getByText("1 message was resolved.").waitFor();
  expect(await api.get(body.messageId)).toHaveProperty("resolvedAt");
  await page.close();
});

it("many are retried after a count, and what has come of them is told", async () => {
  await failed("globex");
  const page = await dashboard.open("/messages?tab=failed&sender=globex");
  await page.getByRole("button", { name: "Retry failed…" }).click();
  const dialog = page.getByRole("dialog", { name: "Retry failed messages" });
  await dialog.getByRole("button", { name: "Retry 1" }).click();
  await dialog.getByText("1 message was retried.").waitFor();
  await dialog.getByText("1 has failed again so far.").waitFor();
  await page.close();
});

it("many that wait are cancelled after a count, whatever holds them: the table or the queue", async () => {
  const { api, target } = dashboard;
  const deliverAt = new Date(Date.now() + 3_600_000).toISOString();
  for (let sent = 0; sent < 2; sent += 1)
    await api.send({ targetUrl: target.urlOf("/ok"), senderId: "initech", deliverAt, body: sent });
  const page = await dashboard.open("/messages?tab=waiting&sender=initech");
  await page.getByRole("button", { name: "Cancel waiting…" }).click();
  const dialog = page.getByRole("dialog", { name: "Cancel waiting messages" });
  await dialog.getByText("This cannot be undone.").waitFor();
  await dialog.getByRole("button", { name: "Cancel 2" }).click();
  await dialog.getByText("2 messages were cancelled.").waitFor();
  await dialog.getByRole("button", { name: "Done" }).click();
  await page.getByRole("link", { name: "Cancelled", exact: true }).click();
  await expect.poll(() => page.locator("[data-message]").count()).toBe(2);
  await page.close();
});

it("needs the scope operate", async () => {
  const messageId = await failed("hooli");
  const { key } = await dashboard.request("POST", "/v1/keys", {
    senderId: "hooli",
    scopes: ["send", "read"],
  });
  const page = await dashboard.open(`/messages/${messageId}`, { key: String(key) });
  await page.getByRole("button", { name: "Retry…" }).waitFor();
  expect(await page.getByRole("button", { name: "Resolve…" }).count()).toBe(0);
  await page.goto(`${dashboard.url}/messages?tab=failed`);
  await page.locator("[data-message]").first().waitFor();
  expect(await page.getByRole("button", { name: "Resolve failed…" }).count()).toBe(0);
  await page.close();
});
