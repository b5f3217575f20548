import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { complaintsOf, type Dashboard, OPERATOR_KEY, startDashboard } from "./dashboard.ts";

let dashboard: Dashboard;

beforeAll(async () => {
  dashboard = await startDashboard();
});
afterAll(() => dashboard?.close());

const enter = async (page: Page, key: string) => {
  await page.getByLabel("Key", { exact: true }).fill(key);
  await page.getByRole("button", { name: "Continue" }).click();
};
const createKey = (scopes: readonly string[]) =>
  dashboard.request("POST", "/v1/keys", { senderId: "*", scopes }) as Promise<{ keyId: string; key: string }>;

describe("the operator key", () => {
  it("is asked for before anything is shown; a wrong one is called that, the right one lets in", async () => {
    const page = await dashboard.open("/messages?tab=failed", { key: null });
    await enter(page, "not the key, though it is long enough");
    await page.getByText("Homing does not accept this key").waitFor();
    expect(await page.getByLabel("Key", { exact: true }).getAttribute("aria-invalid")).toBe("true");
    await enter(page, OPERATOR_KEY);
    await page.getByRole("heading", { name: "Messages", exact: true }).waitFor();
    expect(new URL(page.url()).search).toBe("?tab=failed");
    expect(complaintsOf(page)).toEqual([]);
    await page.close();
  });

  it("is kept for the session of its tab and nowhere else, and can be forgotten", async () => {
    const page = await dashboard.open("/", { key: null });
    await enter(page, OPERATOR_KEY);
    await page.getByRole("heading", { name: "Overview", exact: true }).waitFor();
    await page.reload();
    await page.getByRole("heading", { name: "Overview", exact: true }).waitFor();
    const stored = await page.evaluate(() => JSON.stringify(localStorage) + document.cookie);
    expect(stored).not.toContain(OPERATOR_KEY);

    const otherTab = await page.context().newPage();
    await otherTab.goto(dashboard.url);
    await otherTab.getByRole("heading", { name: "Enter an operator key" }).waitFor();

    await page.getByRole("button", { name: "Forget the key" }).click();
    await page.getByRole("heading", { name: "Enter an operator key" }).waitFor();
    expect(await page.evaluate(() => sessionStorage.length)).toBe(0);
    await page.close();
  });

  it("and the stage stand in the header, with what the key may not do and the way to the API's docs", async () => {
    const operator = await dashboard.open("/");
    const header = operator.getByRole("banner");
    await header.getByText("Stage local").waitFor();
    await header.getByText("Signed in: operator").waitFor();
    expect(await header.getByText("read only").count()).toBe(0);
    await header.getByRole("link", { name: "API docs" }).click();
    await operator.waitForURL("**/docs");
    await operator.getByRole("heading").first().waitFor();
    await operator.close();

    const { key } = (await dashboard.request("POST", "/v1/keys", {
      senderId: "acme",
      scopes: ["read"],
      name: "support desk",
    })) as { key: string };
    const reader = await dashboard.open("/", { key });
    await reader.getByRole("banner").getByText("Signed in: support desk (acme)").waitFor();
    await reader.getByRole("banner").getByText("read only").waitFor();
    expect(complaintsOf(reader)).toEqual([]);
    await reader.close();
  });

  it("that is revoked ends the session, and the screen says so", async () => {
    const { keyId, key } = await createKey(["read"]);
    const page = await dashboard.open("/", { key: null });
    await enter(page, key);
    await page.getByText("Live", { exact: true }).waitFor();
    // A process may go on accepting a revoked key for up to a minute: what it answers then is answered here.
    await dashboard.request("DELETE", `/v1/keys/${keyId}`);
    await page.route("**/v1/**", (route) =>
      route.fulfill({
        status: 401,
        contentType: "application/problem+json",
        body: '{"code":"UNAUTHORIZED"}',
      }),
    );
    await page.getByText("It was probably revoked").waitFor();
    expect(await page.evaluate(() => sessionStorage.length)).toBe(0);
    await page.close();
  });

  it("that may only read sees no actions; one that may send acts on single messages; one that may not read is told", async () => {
    const failed = await dashboard.api.send({ targetUrl: dashboard.target.urlOf("/status/410") });
    await dashboard.api.until(failed.body.messageId, ({ status }) => status === "FAILED");
    const path = `/messages/${failed.body.messageId}`;
    const retry = (page: Page) => page.getByRole("button", { name: "Retry…" });
    const bulkRetry = (page: Page) => page.getByRole("button", { name: "Retry failed…" });

    const reader = await dashboard.open(path, { key: (await createKey(["read"])).key });
    await reader.getByText("The target answered 410").waitFor();
    expect(await retry(reader).count()).toBe(0);
    await reader.keyboard.press("r");
    await reader.keyboard.press("u");
    await reader.getByRole("link", { name: "Failed", exact: true }).click();
    await reader.getByRole("link", { name: "The target rejected it" }).waitFor();
    expect(await reader.getByRole("alertdialog").count()).toBe(0);
    expect(await bulkRetry(reader).count()).toBe(0);
    await reader.close();

    const sender = await dashboard.open(path, { key: (await createKey(["read", "send"])).key });
    await retry(sender).waitFor();
    await sender.goto(`${dashboard.url}/messages?tab=failed`);
    await sender.getByRole("link", { name: "The target rejected it" }).waitFor();
    expect(await bulkRetry(sender).count()).toBe(0);
    await sender.close();

    const blind = await dashboard.open("/", { key: null });
    await enter(blind, (await createKey(["send"])).key);
    await blind.getByText("This key may not read messages").waitFor();
    await blind.close();
  });
});
