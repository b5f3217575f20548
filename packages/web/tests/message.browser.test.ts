import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { complaintsOf, type Dashboard, OPERATOR_KEY, startDashboard } from "./dashboard.ts";
import { HOSTILE_TEXT } from "./target.ts";

let dashboard: Dashboard;

beforeAll(async () => {
  dashboard = await startDashboard();
});
afterAll(() => dashboard?.close());

const send = async (path: string, more: object = {}): Promise<string> => {
  const { body } = await dashboard.api.send({ targetUrl: dashboard.target.urlOf(path), ...more });
  return String(body.messageId);
};
const settled = (id: string, ...statuses: readonly string[]) =>
  dashboard.api.until(id, ({ status }) => statuses.includes(status));
const story = (page: Page) => page.getByRole("region", { name: "What happened" });

describe("the page of a message", () => {
  it("tells sends and attempts as one story, with explanations and answers, and counts down to what is next", async () => {
    await dashboard.queue.stop();
    const id = await send("/status/503", {
      body: { order: 42, big: 1 },
      metadata: { order: "42" },
      senderId: "acme",
    });
    await dashboard.queue.start();
    await dashboard.api.until(id, ({ pendingReason }) => pendingReason === "RETRY");

    const page = await dashboard.open(`/messages/${id}`);
    await story(page).waitFor();
    const steps = await story(page).getByRole("listitem").allTextContents();
    expect(steps[0]).toMatch(/^Accepted/);
    expect(steps[1]).toMatch(/^Send failed, rolled back.*The message stayed stored, to be sent again\.$/);
    expect(steps.slice(-3)).toEqual([
      expect.stringMatching(/^Sent to the queue.*Claimed by a worker after /),
      expect.stringMatching(/^Attempt 1503.*The target answered 503; attempt 2 of 2 follows in 3\d min\./),
      expect.stringMatching(/^Retry: attempt 2 of 2 in (29|30|31|32|33):\d\d$/),
    ]);
    await page.getByText("QUEUE_UNAVAILABLE").first().waitFor();
    const countdown = story(page).getByRole("timer");
    const first = await countdown.textContent();
    await expect.poll(() => countdown.textContent()).not.toBe(first);

    expect(await page.getByRole("region", { name: "Response body of attempt 1" }).textContent()).toBe(
      '{\n  "status": 503,\n  "hint": "as the path says"\n}',
    );
    expect(await page.getByRole("region", { name: "Request body" }).textContent()).toBe(
      '{\n  "order": 42,\n  "big": 1\n}',
    );
    await page.getByText("Raw JSON").first().click();
    const raw = await page.getByRole("region", { name: "Raw JSON" }).textContent();
    expect(JSON.parse(raw ?? "")).toMatchObject({ messageId: id, metadata: { order: "42" } });
    expect(complaintsOf(page)).toEqual([]);
    await page.context().close();
  });

  it("copies what it shows, as it was sent", async () => {
    const id = await send("/ok", { body: { a: 1 } });
    const page = await dashboard.open(`/messages/${id}`, {
      permissions: ["clipboard-read", "clipboard-write"],
    });
    await page.getByRole("button", { name: "Copy message id" }).click();
    await page.getByText("Copied message id").waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(id);
    await page.getByRole("button", { name: "Copy request body" }).click();
    await page.getByText("Copied request body").waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('{\n  "a": 1\n}');
    await page.context().close();
  });

  it("says what a retry will do before it does it, and then shows it happen", async () => {
    const id = await send("/gone-then-ok", { body: 1 });
    await settled(id, "FAILED");
    const page = await dashboard.open(`/messages/${id}`);
    await page.getByRole("button", { name: "Retry…" }).click();
    const dialog = page.getByRole("alertdialog", { name: "Retry this message?" });
    await dialog.getByText("Homing starts a new round of attempts").waitFor();
    await dialog.getByText("The target may receive it again").waitFor();
    await dialog.getByRole("button", { name: "Not now" }).click();
    await dialog.waitFor({ state: "detached" });
    expect((await dashboard.api.get(id)).status).toBe("FAILED");

    await page.getByRole("button", { name: "Retry…" }).click();
    await dialog.getByRole("button", { name: "Retry", exact: true }).click();
    await story(page).getByText("Retried by hand").waitFor();
    await story(page).getByText("Attempt 2").waitFor();
    await story(page).getByText("Completed", { exact: true }).waitFor();
    expect(await page.getByRole("button", { name: "Retry…" }).count()).toBe(0);
    await page.context().close();
  });

  it("sends a waiting message now, and cancels one, each after saying so", async () => {
    const deliverAt = new Date(Date.now() + 3_600_000).toISOString();
    const waiting = await send("/ok", { deliverAt, body: 1 });
    const page = await dashboard.open(`/messages/${waiting}`);
    await page.getByText("Scheduled").first().waitFor();
    await page.getByRole("button", { name: "Send now…" }).click();
    await page.getByText("Homing makes attempt 1 at once instead of waiting for its time.").waitFor();
    await page.getByRole("alertdialog").getByRole("button", { name: "Send now" }).click();
    await story(page).getByText("Completed", { exact: true }).waitFor();

    const unwanted = await send("/ok", { deliverAt, body: 2 });
    await page.goto(`${dashboard.url}/messages/${unwanted}`);
    await page.getByRole("button", { name: "Cancel…" }).click();
    await page.getByText("The target has received nothing so far.").waitFor();
    await page.getByRole("button", { name: "Cancel the message" }).click();
    await story(page).getByText("Cancelled", { exact: true }).waitFor();
    expect((await dashboard.api.get(unwanted)).status).toBe("CANCELLED");
    await page.context().close();
  });

  it("shows a refusal where it was asked for, and what the message has become meanwhile", async () => {
    const id = await send("/ok", { deliverAt: new Date(Date.now() + 3_600_000).toISOString(), body: 1 });
    const page = await dashboard.open(`/messages/${id}`);
    await page.getByRole("button", { name: "Cancel…" }).click();
    await dashboard.request("POST", `/v1/messages/${id}/cancel`);
    await page.getByRole("button", { name: "Cancel the message" }).click();
    await page
      .getByRole("alertdialog")
      .getByText("A message that is CANCELLED cannot be cancelled.")
      .waitFor();
    await page.getByRole("button", { name: "Keep it" }).click();
    await story(page).getByText("Cancelled", { exact: true }).waitFor();
    await page.context().close();
  });

  it("says that there is no such message", async () => {
    const page = await dashboard.open("/messages/msg_00000000000000000000000000");
    await page.getByRole("heading", { name: "There is no such message" }).waitFor();
    await page.context().close();
  });
});

describe("without a mouse", () => {
  it("a failed message is found, retried and seen to arrive by keyboard alone", async () => {
    const id = await send("/gone-then-ok", { senderId: "keyboard", body: 1 });
    await settled(id, "FAILED");
    const page = await dashboard.open("/", { key: null });
    await page.getByRole("heading", { name: "Enter an operator key" }).waitFor();
    await page.keyboard.type(OPERATOR_KEY);
    await page.keyboard.press("Enter");
    await page.getByText("Live", { exact: true }).waitFor();
    await page.keyboard.press("g");
    await page.keyboard.press("a");
    await page
      .getByRole("link", { name: /rejected it/ })
      .first()
      .waitFor();
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await page.waitForURL(`**/messages/${id}`);
    await page.getByRole("button", { name: "Retry…" }).waitFor();
    await page.keyboard.press("r");
    const action = page.getByRole("alertdialog").getByRole("button", { name: "Retry", exact: true });
    await expect.poll(() => action.evaluate((button) => button === document.activeElement)).toBe(true);
    await page.keyboard.press("Enter");
    await story(page).getByText("Completed", { exact: true }).waitFor();
    await page.context().close();
  });

  it("single keys can be switched off, for speech input", async () => {
    const page = await dashboard.open("/");
    await page.getByText("Live", { exact: true }).waitFor();
    await page.keyboard.press("?");
    await page.getByRole("checkbox", { name: /Single keys are shortcuts/ }).uncheck();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.keyboard.press("?");
    await page.keyboard.press("/");
    expect(await page.evaluate(() => document.activeElement?.tagName)).not.toBe("INPUT");
    expect(await page.getByRole("dialog").count()).toBe(0);
    await page.context().close();
  });
});

describe("hostile payloads", () => {
  it("are text: markup does nothing, hidden characters are named, long lines wrap", async () => {
    const body = HOSTILE_TEXT + "y".repeat(200 * 1024);
    const id = await send("/hostile", {
      body,
      metadata: { "\u202Eevil": "<b>bold</b>" },
      headers: { "x-note": "<i>note</i>" },
    });
    await settled(id, "FAILED");
    const page = await dashboard.open(`/messages/${id}`, { viewport: { width: 360, height: 740 } });
    const request = page.getByRole("region", { name: "Request body" });
    await request.waitFor();
    expect(await request.textContent()).toContain('<script>document.title = "taken over"</script>');
    expect(await request.getByTitle("An invisible character").allTextContents()).toEqual([
      "U+202E",
      "U+202C",
      "U+0007",
    ]);
    const response = page.getByRole("region", { name: "Response body of attempt 1" });
    expect(await response.textContent()).toContain("<img src=x onerror=");
    await page.getByText("Homing keeps the beginning of a long response only.").waitFor();

    await page.getByText("The first 16,384 of").waitFor();
    await page.getByRole("button", { name: "Show all" }).first().click();
    await expect.poll(async () => (await request.textContent())?.length).toBeGreaterThan(200 * 1024);

    const widths = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth] as const);
    expect(widths[0]).toBeLessThanOrEqual(widths[1]);
    expect(await page.title()).toBe(`${id} · Homing`);
    expect(await page.locator("main script, main img, main b, main i").count()).toBe(0);
    expect(complaintsOf(page)).toEqual([]);
    await page.context().close();
  });
});
