/** Rows that are selected, and what is then done with them: by mouse, by keyboard, and by keys that may do less. */
import type { MessageList } from "@homing/functions/api/answers/message";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { complaintsOf, type Dashboard, startDashboard } from "./dashboard.ts";

let dashboard: Dashboard;

beforeAll(async () => {
  dashboard = await startDashboard();
});
afterAll(() => dashboard?.close());

/** Sent one after the other, so that the list shows the last one first. */
async function sent(senderId: string, ...paths: readonly string[]): Promise<readonly string[]> {
  const { api, target } = dashboard;
  const ids: string[] = [];
  for (const path of paths) {
    const isLater = path === "/later";
    const deliverAt = new Date(Date.now() + 3_600_000).toISOString();
    const { body } = await api.send({
      targetUrl: target.urlOf(path),
      senderId,
      body: path,
      ...(isLater ? { deliverAt } : {}),
    });
    ids.push(String(body.messageId));
    await api.until(body.messageId, ({ status }) =>
      isLater ? status === "PENDING" : status === "FAILED" || status === "COMPLETED",
    );
  }
  return ids;
}
const keyFor = async (senderId: string, ...scopes: readonly string[]) =>
  String((await dashboard.request("POST", "/v1/keys", { senderId, scopes })).key);

const box = (page: Page, name: string) => page.getByRole("checkbox", { name: `Select POST ${name}` });
const boxOf = (page: Page, path: string) => box(page, `${new URL(dashboard.target.url).host}${path}`);
const all = (page: Page) => page.getByRole("checkbox", { name: /^Select all / });
const bar = (page: Page) => page.getByRole("region", { name: "Selected messages" });
const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });
const selected = (page: Page) =>
  page
    .locator("[data-selects]")
    .evaluateAll((rows) => rows.map((row) => row.querySelector("input")?.checked ?? false));
const hasFocus = (page: Page, selector: string) =>
  page.evaluate((wanted) => document.activeElement?.matches(wanted) ?? false, selector);

describe("rows are selected", () => {
  it("by their boxes, a range of them, and all at once; what their statuses allow is offered, with numbers", async () => {
    await sent("picker", "/status/410/a", "/status/410/b", "/ok/c", "/later");
    const page = await dashboard.open("/messages?sender=picker");
    await boxOf(page, "/later").click();
    await bar(page).getByText("1 selected").waitFor();
    await bar(page).getByRole("button", { name: "Send 1 now…" }).waitFor();
    await bar(page).getByRole("button", { name: "Cancel 1…" }).waitFor();
    expect(
      await bar(page)
        .getByRole("button", { name: /Resolve/ })
        .count(),
    ).toBe(0);

    await boxOf(page, "/status/410/b").click({ modifiers: ["Shift"] });
    await expect.poll(() => selected(page)).toEqual([true, true, true, false]);
    await bar(page).getByText("3 selected").waitFor();
    await bar(page).getByRole("button", { name: "Retry 2…" }).waitFor();
    await bar(page).getByRole("button", { name: "Resolve 1…" }).waitFor();
    expect(await all(page).evaluate((head: HTMLInputElement) => head.indeterminate)).toBe(true);

    await all(page).click();
    await bar(page).getByText("4 selected").waitFor();
    expect(await all(page).isChecked()).toBe(true);
    await page.keyboard.press("Escape");
    await bar(page).waitFor({ state: "detached" });
    expect(await selected(page)).toEqual([false, false, false, false]);

    await boxOf(page, "/ok/c").click();
    await bar(page).getByText("Nothing can be done with these here.").waitFor();
    await button(page, "Select nothing").click();
    await bar(page).waitFor({ state: "detached" });
    // What had the focus is gone: it is where selecting begins.
    expect(await hasFocus(page, "[aria-label='Select all 4 shown']")).toBe(true);
    expect(complaintsOf(page)).toEqual([]);
    await page.close();
  });

  it("by x where the focus is, with Shift up to there; j goes on from a box as from its row", async () => {
    const page = await dashboard.open("/messages?sender=picker");
    await boxOf(page, "/later").waitFor();
    await page.keyboard.press("x");
    expect(await bar(page).count()).toBe(0);
    await page.keyboard.press("j");
    await page.keyboard.press("x");
    await page.getByRole("status").getByText("1 selected").waitFor({ state: "attached" });
    await page.keyboard.press("j");
    await page.keyboard.press("j");
    await page.keyboard.press("Shift+X");
    await expect.poll(() => selected(page)).toEqual([true, true, true, false]);
    await page.keyboard.press("x");
    await expect.poll(() => selected(page)).toEqual([true, true, false, false]);
    expect(await hasFocus(page, "a[data-message]")).toBe(true);
    await boxOf(page, "/later").click();
    await page.keyboard.press("j");
    await page.keyboard.press("x");
    await expect.poll(() => selected(page)).toEqual([false, false, false, false]);
    await page.keyboard.press("?");
    await page.getByRole("dialog").getByText("Select the row, with Shift all rows up to it").waitFor();
    expect(complaintsOf(page)).toEqual([]);
    await page.close();
  });

  it("for as long as the reader stays with the list, a look at a message included", async () => {
    const page = await dashboard.open("/messages?sender=picker");
    await boxOf(page, "/ok/c").click();
    await page.getByRole("link", { name: /\/ok\/c/ }).click();
    await page.getByRole("heading", { name: "What happened" }).waitFor();
    await page.keyboard.press("u");
    await bar(page).getByText("1 selected").waitFor();
    expect(await boxOf(page, "/ok/c").isChecked()).toBe(true);
    await page.getByRole("link", { name: "Failed", exact: true }).click();
    await boxOf(page, "/status/410/b").waitFor();
    expect(await bar(page).count()).toBe(0);
    await page.close();
  });
});

describe("what is done with them", () => {
  it("is counted first, with the reason for those that are left out, and summed up", async () => {
    const ids = await sent("twice", "/gone-then-ok/1", "/gone-then-ok/2", "/ok");
    const page = await dashboard.open("/messages?sender=twice");
    await all(page).click();
    await button(page, "Retry 2…").click();
    const dialog = page.getByRole("dialog", { name: "Retry selected messages" });
    await dialog.getByText("2 failed messages will start a new round of attempts, at once.").waitFor();
    await dialog.getByText("1 of 3 cannot be retried: 1 is delivered already.").waitFor();
    // Escape closes the question, and leaves what is selected.
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    await bar(page).getByText("3 selected").waitFor();
    await page.keyboard.press("r");
    await dialog.getByRole("button", { name: "Retry 2" }).click();
    await dialog.getByText("2 messages were retried.").waitFor();
    await dialog.getByRole("button", { name: "Done" }).click();
    await bar(page).getByText("1 selected").waitFor();
    for (const id of ids) await dashboard.api.until(id, ({ status }) => status === "COMPLETED");
    await expect.poll(() => page.getByRole("link", { name: /Delivered/ }).count()).toBe(3);
    expect(complaintsOf(page)).toEqual([]);
    await page.close();
  });

  it("what is refused is told with the reason and the way there; what gave no answer is asked for again", async () => {
    const [gone = "", dealtWith = "", lost = "", away = ""] = await sent(
      "stubborn",
      "/status/410/gone",
      "/status/410/dealt-with",
      "/status/410/lost",
      "/status/410/away",
    );
    const page = await dashboard.open("/");
    // The list stays as it was: what happens from now on it does not know. One of its messages there never was.
    const unknown = "msg_00000000000000000000000000";
    let list: MessageList | undefined;
    const isOfSender = (url: URL) =>
      url.pathname === "/v1/messages" && url.searchParams.get("senderId") === "stubborn";
    // The overview, which is still open, asks for lists of its own.
    await page.route(isOfSender, async (route) => {
      list ??= (await (await route.fetch()).json()) as MessageList;
      const items = list.items.map((item) =>
        item.messageId === gone ? { ...item, messageId: unknown } : item,
      );
      await route.fulfill({ json: { items } });
    });
    await page.goto(`${dashboard.url}/messages?tab=failed&sender=stubborn`);
    await all(page).click();
    await dashboard.request("POST", `/v1/messages/${dealtWith}/resolve`);
    await page.route(`**/v1/messages/${lost}/resolve`, async (route) => {
      await route.fetch();
      await route.abort();
    });
    await page.route(`**/v1/messages/${away}/resolve`, (route) => route.abort());
    await button(page, "Resolve 4…").click();
    const dialog = page.getByRole("dialog", { name: "Resolve selected messages" });
    await dialog.getByText("4 failed messages").waitFor();
    await dialog.getByRole("button", { name: "Resolve 4" }).click();
    await dialog.getByText("No messages were resolved.").waitFor();
    await dialog.getByText("2 were refused:").waitFor();
    const refusals = dialog.getByRole("listitem");
    expect((await refusals.allTextContents()).toSorted()).toEqual([
      expect.stringMatching(/\/status\/410\/dealt-with It has been resolved already\.$/),
      expect.stringMatching(/\/status\/410\/gone .*[Nn]o(t| such)/),
    ]);
    expect(await refusals.getByRole("link", { name: /dealt-with/ }).getAttribute("href")).toBe(
      `/messages/${dealtWith}`,
    );
    await dialog.getByText("2 gave no answer, and may have been resolved or not.").waitFor();
    await dialog.getByText("Homing's API cannot be reached.").waitFor();

    await page.unroute(`**/v1/messages/${lost}/resolve`);
    await page.unroute(`**/v1/messages/${away}/resolve`);
    await dialog.getByRole("button", { name: "Try those again" }).click();
    // One of them had been done by the call whose answer was lost.
    await dialog.getByText("2 messages were resolved.").waitFor();
    await dialog.getByText("2 were refused:").waitFor();
    expect(await dialog.getByRole("alert").count()).toBe(0);
    for (const id of [lost, away]) expect(await dashboard.api.get(id)).toHaveProperty("resolvedAt");
    await dialog.getByRole("button", { name: "Done" }).click();
    await bar(page).getByText("2 selected").waitFor();
    await page.unrouteAll({ behavior: "ignoreErrors" });
    expect(complaintsOf(page)).toEqual([]);
    await page.close();
  });

  it("cannot be undone where they are cancelled, can be stopped, and goes on with those that were not asked", async () => {
    await sent("stopped", ...Array.from({ length: 6 }, () => "/later"));
    const page = await dashboard.open("/messages?tab=waiting&sender=stopped");
    await all(page).click();
    await button(page, "Cancel 6…").click();
    const dialog = page.getByRole("dialog", { name: "Cancel selected messages" });
    await dialog.getByText("This cannot be undone.").waitFor();
    const stopped = Promise.withResolvers<void>();
    await page.route("**/v1/messages/*/cancel", async (route) => {
      await stopped.promise;
      await route.continue();
    });
    await dialog.getByRole("button", { name: "Cancel 6" }).click();
    await dialog.getByText("Cancelled 0 of 6…").waitFor();
    await dialog.getByRole("button", { name: "Stop" }).click();
    stopped.resolve();
    // What was on its way ends, and is told: four at a time are.
    await dialog.getByText("Stopped. 4 messages were cancelled.").waitFor();
    await dialog.getByText("2 were not asked.").waitFor();
    await dialog.getByRole("button", { name: "Go on" }).click();
    await dialog.getByText("6 messages were cancelled.").waitFor();
    expect(await dialog.getByRole("alert").count()).toBe(0);
    expect(complaintsOf(page)).toEqual([]);
    await page.close();
  });
});

describe("where they stand beside what they belong to", () => {
  it("deliveries of an endpoint are selected too; those that leave the list stay selected, and that is said", async () => {
    const senderId = "panel";
    const { endpointId } = await dashboard.request("POST", "/v1/endpoints", {
      senderId,
      url: dashboard.target.urlOf("/status/400"),
    });
    const event = (n: number) =>
      dashboard.request("POST", "/v1/events", { senderId, eventType: "invoice.paid", body: n });
    await event(1);
    const page = await dashboard.open(`/endpoints/${endpointId}`);
    await page.getByRole("link", { name: /invoice\.paid.*Retry: attempt 2/ }).waitFor();
    await page.keyboard.press("j");
    await page.keyboard.press("x");
    await bar(page).getByText("1 selected").waitFor();
    for (let n = 2; n <= 11; n += 1) await event(n);
    await bar(page).getByText("1 selected, 1 no longer in this list").waitFor();
    await button(page, "Cancel 1…").click();
    const dialog = page.getByRole("dialog", { name: "Cancel selected messages" });
    await dialog.getByRole("button", { name: "Cancel 1" }).click();
    await dialog.getByText("1 message was cancelled.").waitFor();
    await dialog.getByRole("button", { name: "Done" }).click();
    await bar(page).waitFor({ state: "detached" });
    await expect.poll(() => hasFocus(page, "[aria-label='Select all 10 shown']")).toBe(true);
    expect(complaintsOf(page)).toEqual([]);
    await page.close();
  });
});

describe("a key", () => {
  it("that may only read selects nothing", async () => {
    const page = await dashboard.open("/messages", { key: await keyFor("picker", "read") });
    await page.locator("[data-message]").first().waitFor();
    expect(await page.getByRole("checkbox").count()).toBe(0);
    await page.keyboard.press("j");
    await page.keyboard.press("x");
    expect(await bar(page).count()).toBe(0);
    await page.close();
  });

  it("of a sender's own people retries what is for endpoints, and is offered no more, in the portal too", async () => {
    const senderId = "customer";
    await dashboard.request("POST", "/v1/endpoints", {
      senderId,
      url: dashboard.target.urlOf("/gone-then-ok/customer"),
    });
    await sent(senderId, "/status/410/direct");
    await dashboard.request("POST", "/v1/events", { senderId, eventType: "invoice.paid", body: 1 });
    const { url } = await dashboard.request("POST", "/v1/portal", { senderId, expiresIn: "1h" });
    const page = await dashboard.open(String(url).slice(dashboard.url.length), { key: null });
    await page.getByRole("link", { name: "Messages", exact: true }).click();
    await page.getByRole("link", { name: /gone-then-ok.*rejected it/ }).waitFor();
    await all(page).click();
    await bar(page).getByText("2 selected").waitFor();
    await button(page, "Retry 1…").waitFor();
    expect(await bar(page).getByRole("button").allTextContents()).toEqual(["Retry 1…", ""]);
    await button(page, "Retry 1…").click();
    const dialog = page.getByRole("dialog", { name: "Retry selected messages" });
    await dialog.getByText("1 of 2 cannot be retried: 1 is beyond what this key may do.").waitFor();
    await dialog.getByRole("button", { name: "Retry 1" }).click();
    await dialog.getByText("1 message was retried.").waitFor();
    expect(complaintsOf(page)).toEqual([]);
    await page.close();
  });
});

it("on a phone what can be done is at the bottom of the screen, and hides neither the last row nor the focus", async () => {
  await sent("phone", ...Array.from({ length: 14 }, (_, n) => `/ok/${n}`));
  const page = await dashboard.open("/messages?sender=phone", { viewport: { width: 390, height: 740 } });
  await all(page).click();
  await bar(page).getByText("Nothing can be done with these here.").waitFor();
  const bottom = await bar(page).boundingBox();
  expect((bottom?.y ?? 0) + (bottom?.height ?? 0)).toBe(740);
  for (let n = 0; n < 14; n += 1) await page.keyboard.press("j");
  const focused = () => page.locator("a[data-message]:focus").boundingBox();
  await expect
    .poll(async () => {
      const row = await focused();
      return row ? row.y + row.height : Number.POSITIVE_INFINITY;
    })
    .toBeLessThanOrEqual(bottom?.y ?? 0);
  await page.getByText("That is all: 14.").scrollIntoViewIfNeeded();
  const end = await page.getByText("That is all: 14.").boundingBox();
  expect((end?.y ?? 0) + (end?.height ?? 0)).toBeLessThanOrEqual(bottom?.y ?? 0);
  await page.close();
});
