import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  complaintsOf,
  type Dashboard,
  lookUp,
  ON_SERVER,
  OPERATOR_KEY,
  startDashboard,
} from "./dashboard.ts";
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
  it.skipIf(ON_SERVER)(
    "tells sends and attempts as one story, with explanations and answers, and counts down to what is next",
    async () => {
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
        expect.stringMatching(/^Sent to the queue.*claimed by a worker after /),
        expect.stringMatching(/^Attempt 1503.*The target answered 503; attempt 2 of 2 follows in \d\d min\./),
        expect.stringMatching(/^Retry: attempt 2 of 2 in \d\d:\d\d$/),
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
      await page.close();
    },
  );

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
    await page.close();
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
    await page.close();
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
    await page.getByRole("button", { name: "Cancel…" }).waitFor();
    // A key too many must not cancel: what cannot be undone does not have the focus.
    await page.keyboard.press("x");
    const keep = page.getByRole("button", { name: "Keep it" });
    await expect.poll(() => keep.evaluate((button) => button === document.activeElement)).toBe(true);
    await page.keyboard.press("Enter");
    await page.getByRole("alertdialog").waitFor({ state: "detached" });
    expect((await dashboard.api.get(unwanted)).status).toBe("PENDING");
    await page.getByRole("button", { name: "Cancel…" }).click();
    await page.getByText("The target has received nothing so far.").waitFor();
    await page.getByRole("button", { name: "Cancel the message" }).click();
    await story(page).getByText("Cancelled", { exact: true }).waitFor();
    expect((await dashboard.api.get(unwanted)).status).toBe("CANCELLED");
    await page.close();
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
    await page.close();
  });

  it("keeps a long address, header or metadata short until all of it is asked for", async () => {
    const long = "q=long&".repeat(270);
    const id = await send(`/ok?${long}`, { metadata: { note: "m".repeat(3_000) } });
    const page = await dashboard.open(`/messages/${id}`, { viewport: { width: 390, height: 844 } });
    await story(page).waitFor();
    const heading = page.getByRole("heading", { level: 1 });
    expect((await heading.textContent())?.length).toBeLessThan(320);
    expect((await heading.boundingBox())?.height).toBeLessThan(300);
    await heading.getByRole("button", { name: /^Show all 1,9\d\d characters$/ }).click();
    expect(await heading.textContent()).toContain(long);
    await page.getByRole("button", { name: "Show all 3,000 characters" }).click();
    await page.getByText("m".repeat(3_000)).waitFor();
    await page.close();
  });

  it("shows of a long story how it began and how it stands, and the rest when asked", async () => {
    const id = await send("/gone-then-ok", { body: 1 });
    await settled(id, "FAILED");
    const page = await dashboard.open("/");
    const at = (second: number) => new Date(Date.UTC(2026, 10, 22, 1, 0, second)).toISOString();
    const rounds = Array.from({ length: 13 }, (_, i) => i);
    const entry = (second: number, from: string | null, to: string, reason: string) => ({
      at: at(second),
      from,
      to,
      reason,
      correlationId: "c",
    });
    await page.route(`**/v1/messages/${id}`, async (route) => {
      const response = await route.fetch();
      await route.fulfill({
        response,
        json: {
          ...(await response.json()),
          attemptCount: 13,
          history: [
            entry(0, null, "PENDING", "ACCEPTED"),
            ...rounds.flatMap((i) => [
              entry(3 * i, "PENDING", "QUEUED", "ENQUEUED"),
              entry(3 * i + 1, "QUEUED", "PROCESSING", "CLAIMED"),
              entry(3 * i + 2, "PROCESSING", "PENDING", "RETRY"),
            ]),
          ],
          attempts: rounds.map((i) => ({
            number: i + 1,
            outcome: "RETRY",
            startedAt: at(3 * i + 1),
            responseStatus: 503,
          })),
        },
      });
    });
    await lookUp(page, id);
    await story(page).getByText("Attempt 13").waitFor();
    await story(page).getByText("Attempt 1", { exact: true }).waitFor();
    expect(await story(page).getByText("Attempt 6", { exact: true }).count()).toBe(0);
    expect((await story(page).boundingBox())?.height).toBeLessThan(900);
    await story(page).getByRole("button", { name: "Show the 15 steps in between" }).click();
    await story(page).getByText("Attempt 6", { exact: true }).waitFor();
    await page.unrouteAll({ behavior: "ignoreErrors" });
    await page.close();
  });

  it("says that there is no such message", async () => {
    const page = await dashboard.open("/messages/msg_00000000000000000000000000");
    await page.getByRole("heading", { name: "There is no such message" }).waitFor();
    await page.close();
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
    await page.close();
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
    await page.close();
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
    await page.close();
  });
});
