import type { MessageList } from "@homing/functions/api/answers/message";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { complaintsOf, type Dashboard, lookUp, ON_SERVER, startDashboard } from "./dashboard.ts";

let dashboard: Dashboard;
let failedId: string;
let completedId: string;

beforeAll(async () => {
  dashboard = await startDashboard();
  const { api, target } = dashboard;
  const send = (path: string, more: object = {}, headers?: Record<string, string>) =>
    api
      .send({ targetUrl: target.urlOf(path), body: { path }, ...more }, headers)
      .then(({ body }) => String(body.messageId));
  completedId = await send(
    "/ok",
    { senderId: "acme", metadata: { order: "42" } },
    { "idempotency-key": "order-42" },
  );
  failedId = await send("/status/410", { senderId: "acme" });
  const waiting = await send("/status/503", { senderId: "globex" });
  const scheduled = await send("/ok", {
    senderId: "globex",
    deliverAt: new Date(Date.now() + 3_600_000).toISOString(),
  });
  const cancelled = await send("/ok", { deliverAt: new Date(Date.now() + 3_600_000).toISOString() });
  await dashboard.request("POST", `/v1/messages/${cancelled}/cancel`);
  await api.until(completedId, ({ status }) => status === "COMPLETED");
  await api.until(failedId, ({ status }) => status === "FAILED");
  await api.until(waiting, ({ pendingReason }) => pendingReason === "RETRY");
  await api.until(scheduled, ({ pendingReason }) => pendingReason === "SCHEDULED");
});
afterAll(() => dashboard?.close());

const inList = (page: Awaited<ReturnType<Dashboard["open"]>>) =>
  page.getByRole("list", { name: /^Messages, / }).getByRole("link");

describe("finding messages", () => {
  it("by tab: each shows its own, newest first, and is a link of its own", async () => {
    const page = await dashboard.open("/messages");
    await expect.poll(() => inList(page).count()).toBe(5);
    expect(await inList(page).allTextContents()).toEqual([
      expect.stringMatching(/^CancelledPOST 127\.0\.0\.1:\d+\/okCancelleddefault/),
      expect.stringMatching(/^WaitingPOST 127\.0\.0\.1:\d+\/okScheduled in (1:)?\d\d:\d\dglobex/),
      expect.stringMatching(
        /^WaitingPOST .*\/status\/503Retry: attempt 2 of 2 in \d\d:\d\d · answered 503globex/,
      ),
      expect.stringMatching(/^FailedPOST .*\/status\/410The target rejected it · answered 410acme/),
      expect.stringMatching(/^CompletedPOST .*\/okDeliveredacme/),
    ]);
    for (const [tab, count] of [
      ["Waiting", 2],
      ["Completed", 1],
      ["Failed", 1],
      ["Cancelled", 1],
      ["Needs attention", 1],
    ] as const) {
      await page.getByRole("link", { name: tab, exact: true }).click();
      await expect.poll(() => inList(page).count()).toBe(count);
    }
    expect(page.url()).toBe(`${dashboard.url}/messages?tab=attention`);
    await page.getByText("newest first", { exact: true }).waitFor();
    await page.getByRole("link", { name: "Waiting", exact: true }).click();
    await page.getByText("soonest due first", { exact: true }).waitFor();
    await expect
      .poll(() => inList(page).allTextContents())
      .toEqual([expect.stringContaining("Retry: attempt 2 of 2"), expect.stringContaining("Scheduled")]);
    await page.getByRole("link", { name: "Processing", exact: true }).click();
    await page.getByRole("heading", { name: "No message is processing" }).waitFor();
    expect(complaintsOf(page)).toEqual([]);
    await page.close();
  });

  it("by sender, target and time, kept in the URL and undone at once", async () => {
    const page = await dashboard.open("/messages");
    await page.getByLabel("Sender").fill("globex");
    await page.keyboard.press("Enter");
    await expect.poll(() => inList(page).count()).toBe(2);
    await page.getByLabel("Target").fill(dashboard.target.urlOf("/status/503"));
    await page.keyboard.press("Enter");
    await page.getByLabel("Time").selectOption("Last hour");
    const search = () => Object.fromEntries(new URL(page.url()).searchParams);
    await expect.poll(search).toEqual({
      sender: "globex",
      target: new URL(dashboard.target.url).host,
      since: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    });
    await page.reload();
    await expect.poll(() => inList(page).count()).toBe(2);
    expect(await page.getByLabel("Sender").inputValue()).toBe("globex");
    await page.getByLabel("Sender").fill("nobody");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "No message matches" }).waitFor();
    await page.getByRole("button", { name: "Clear the filters" }).click();
    await expect.poll(() => inList(page).count()).toBe(5);
    expect(search()).toEqual({});
    await page.close();
  });

  it("by metadata, written with = or with a colon", async () => {
    const page = await dashboard.open("/messages");
    await expect.poll(() => inList(page).count()).toBe(5);
    await page.getByLabel("Metadata").fill("order:42");
    await page.keyboard.press("Enter");
    await expect.poll(() => inList(page).count()).toBe(1);
    expect(new URL(page.url()).search).toBe("?metadata=order%3D42");
    await page.getByRole("button", { name: "Clear" }).click();
    await expect.poll(() => inList(page).count()).toBe(5);
    expect(complaintsOf(page)).toEqual([]);
    await page.close();
  });

  it("by message id, as it comes, and by idempotency key, whosever it is", async () => {
    const page = await dashboard.open("/");
    await page.getByText("Live", { exact: true }).waitFor();
    await lookUp(page, `"${failedId.toLowerCase()}"`);
    await page.getByText(failedId).first().waitFor();
    await page.getByRole("heading", { name: /\/status\/410/ }).waitFor();

    await lookUp(page, "order-42");
    await page.waitForURL(`**/messages/${completedId}`);
    await page.getByRole("heading", { name: "What happened" }).waitFor();

    await page.goto(`${dashboard.url}/messages?sender=acme&key=unknown`);
    await page.getByRole("heading", { name: "No message has this idempotency key" }).waitFor();
    await page.close();
  });

  it("by correlation id, part of an id, sender or target; what is not found is said, and where it was looked", async () => {
    const page = await dashboard.open("/");
    await page.getByText("Live", { exact: true }).waitFor();
    const { correlationId } = await dashboard.api.get(failedId);
    await lookUp(page, String(correlationId));
    await page.waitForURL(`**/messages/${failedId}`);
    await lookUp(page, "globex");
    await page.waitForURL("**/messages?sender=globex");
    await expect.poll(() => inList(page).count()).toBe(2);
    const { host } = new URL(dashboard.target.url);
    await lookUp(page, dashboard.target.urlOf("/status/503"));
    await page.waitForURL(`**/messages?target=${encodeURIComponent(host)}`);
    await lookUp(page, failedId.slice(4, 18).toLowerCase());
    await page
      .getByRole("list", { name: "Messages found" })
      .getByRole("link", { name: /rejected it/ })
      .waitFor();
    await lookUp(page, completedId.slice(-7));
    await page.getByRole("heading", { name: "Messages", exact: true }).waitFor();
    // The id is shown, and what of it was looked for is marked.
    await page.getByText(`Message id ${completedId}`, { exact: true }).waitFor();
    expect(await page.locator("mark").allTextContents()).toEqual([completedId.slice(-7)]);
    await lookUp(page, "order: 42");
    await page.waitForURL("**/messages?metadata=order%3D42");
    await expect.poll(() => inList(page).count()).toBe(1);
    await lookUp(page, "nobody-knows-this");
    await page.getByRole("heading", { name: "Nothing found" }).waitFor();
    await page.getByText(/looked for among the latest \d+ messages/).waitFor();
    await page.goto(`${dashboard.url}/find?q=order%3A43`);
    await page.getByText("Nothing has the metadata order=43.").waitFor();
    await page.goto(`${dashboard.url}/find?q=0000ZZZZ`);
    await page.getByText("No message, no event, no endpoint has it in its id.").waitFor();
    await page.goto(`${dashboard.url}/find?q=01K`);
    await page.getByText("Part of an id is looked for from four characters on.").waitFor();
    expect(complaintsOf(page)).toEqual([]);
    await page.close();
  });

  it("with the senders and targets there are offered for completion", async () => {
    const page = await dashboard.open("/messages");
    const options = (of: ReturnType<typeof page.getByLabel>) =>
      of.evaluate((input: HTMLInputElement) => [...(input.list?.options ?? [])].map(({ value }) => value));
    await page.getByLabel("Sender").focus();
    await expect
      .poll(() => options(page.getByLabel("Sender")))
      .toEqual(expect.arrayContaining(["acme", "default", "globex"]));
    await page.getByLabel("Target").focus();
    await expect.poll(() => options(page.getByLabel("Target"))).toEqual([new URL(dashboard.target.url).host]);
    await page.close();
  });
});

describe("the list", () => {
  it("does not jump while new messages arrive: it counts them, and shows them when asked", async () => {
    const page = await dashboard.open("/messages?sender=initech");
    await page.getByRole("heading", { name: "No message matches" }).waitFor();
    const send = (n: number) =>
      dashboard.api.send({ targetUrl: dashboard.target.urlOf(`/ok/${n}`), senderId: "initech", body: n });
    await send(1);
    // An empty list has nothing that could jump.
    await expect.poll(() => inList(page).count()).toBe(1);
    const before = await inList(page).first().boundingBox();
    await send(2);
    await send(3);
    await page.getByRole("button", { name: "2 new" }).waitFor();
    expect(await inList(page).count()).toBe(1);
    expect(await inList(page).first().boundingBox()).toEqual(before);
    const news = await page.getByRole("button", { name: "2 new" }).boundingBox();
    expect((news?.y ?? 0) + (news?.height ?? 0)).toBeLessThanOrEqual(before?.y ?? 0);
    await page.keyboard.press("n");
    await expect.poll(() => inList(page).count()).toBe(3);
    expect(await inList(page).first().textContent()).toContain("/ok/3");
    await page.close();
  });

  it("is walked with j and k, opened with Enter, left with u, and keeps its place", async () => {
    const page = await dashboard.open("/messages");
    await inList(page).first().waitFor();
    const focused = () => page.evaluate(() => document.activeElement?.getAttribute("data-message"));
    const idOf = (index: number) => inList(page).nth(index).getAttribute("data-message");
    await page.keyboard.press("j");
    await expect.poll(focused).toBe(await idOf(0));
    await page.keyboard.press("j");
    await page.keyboard.press("j");
    await page.keyboard.press("k");
    await expect.poll(focused).toBe(await idOf(1));
    const opened = await idOf(1);
    await page.keyboard.press("Enter");
    await page.waitForURL(`**/messages/${opened}`);
    await page.getByRole("heading", { name: "What happened" }).waitFor();
    // The focus is at the beginning of the page, which does not have to show it.
    await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe("main");
    expect(await page.locator("main").evaluate((main) => getComputedStyle(main).outlineStyle)).toBe("none");
    await page.keyboard.press("u");
    await page.waitForURL("**/messages");
    await page.keyboard.press("j");
    await expect.poll(focused).toBe(await idOf(2));
    await page.keyboard.press("]");
    await page.waitForURL("**/messages?tab=attention");
    await page.keyboard.press("g");
    await page.keyboard.press("o");
    await page.getByRole("heading", { name: "Overview", exact: true }).waitFor();
    await page.close();
  });

  it("shows relative times with the exact one on hover, and exact ones on t", async () => {
    const page = await dashboard.open(`/messages?tab=failed`);
    const time = inList(page).first().locator("time").last();
    expect(await time.textContent()).toMatch(/^(now|\d+ (s|min) ago)$/);
    expect(await time.getAttribute("title")).toMatch(/^\d{1,2} \w+ 20\d\d, \d\d:\d\d:\d\d\.\d{3} UTC$/);
    await page.keyboard.press("t");
    await expect.poll(() => time.textContent()).toMatch(/^\d{1,2} \w+, \d\d:\d\d:\d\d$/);
    await page.keyboard.press("t");
    await page.close();
  });

  it.each([1440, 390])(
    "exact times can be read whole at %i pixels, in a language that needs most room",
    async (width) => {
      const page = await dashboard.open("/messages?tab=failed", {
        locale: "en-US",
        viewport: { width, height: 800 },
      });
      const time = inList(page).first().locator("time").last();
      await time.waitFor();
      await page.keyboard.press("t");
      await expect.poll(() => time.textContent()).toMatch(/^\w+ \d{1,2}, \d\d:\d\d:\d\d [AP]M$/);
      const isWhole = (element: Element) =>
        (element.parentElement?.scrollWidth ?? 0) <= (element.parentElement?.clientWidth ?? 0);
      expect(await time.evaluate(isWhole)).toBe(true);
      const cells = await inList(page)
        .first()
        .locator("> span")
        .evaluateAll((spans) => spans.map((span) => span.getBoundingClientRect().toJSON() as DOMRect));
      const overlap = (a: DOMRect, b: DOMRect) =>
        a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
      expect(cells.flatMap((a, i) => cells.slice(i + 1).filter((b) => overlap(a, b)))).toEqual([]);
      await page.close();
    },
  );

  it.skipIf(ON_SERVER)(
    "10,000 messages scroll as smoothly as 200: few of them exist at once",
    {
      timeout: 90_000,
    },
    async () => {
      const few = await scrollThrough(200);
      const many = await scrollThrough(10_000);
      expect(many.rows).toBeLessThan(80);
      expect(many.framesMs.length).toBe(few.framesMs.length);
      // Compared with each other and not with a clock: how busy the machine is must not decide.
      expect(median(many.framesMs)).toBeLessThan(3 * median(few.framesMs) + 5);
    },
  );

  /** Loads a list of so many messages to its end, then scrolls 60 times by a screen, a frame each. */
  async function scrollThrough(total: number) {
    const page = await dashboard.open("/");
    await page.evaluate(answerWithMany, total);
    await page.getByRole("link", { name: "Messages", exact: true }).click();
    await inList(page).first().waitFor();
    const measured = await page.evaluate(
      async (lastPath) => {
        const frame = () => new Promise(requestAnimationFrame);
        while (!document.querySelector("main")?.textContent?.includes(lastPath)) {
          scrollTo(0, document.documentElement.scrollHeight);
          await frame();
        }
        scrollTo(0, 0);
        await frame();
        const framesMs: number[] = [];
        for (let i = 0; i < 60; i += 1) {
          const startedAt = performance.now();
          scrollTo(0, (i % 10) * 800);
          await frame();
          framesMs.push(performance.now() - startedAt);
        }
        return { framesMs, rows: document.querySelectorAll("[data-message]").length };
      },
      `/hook/${total - 1}`,
    );
    await page.keyboard.press("j");
    expect(await page.evaluate(() => document.activeElement?.hasAttribute("data-message"))).toBe(true);
    await page.close();
    return measured;
  }
});

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

/** Run in the page: from out here each of 200 answers would go through the debugger of a browser that is busy already. */
function answerWithMany(total: number): void {
  const fetchOthers = window.fetch;
  const newest = Date.UTC(2026, 10, 22);
  const messageAt = (place: number): MessageList["items"][number] => {
    const time = new Date(newest - place * 1_000).toISOString();
    return {
      messageId: `msg_${String(place).padStart(26, "0")}`,
      status: "COMPLETED",
      senderId: "acme",
      targetUrl: `https://example.com/hook/${place}`,
      method: "POST",
      correlationId: "c",
      createdAt: time,
      updatedAt: time,
      finishedAt: time,
      attemptCount: 1,
      maxAttempts: 10,
      sends: { count: 1, rollbacks: 0 },
    };
  };
  window.fetch = async (input, init) => {
    const { pathname, searchParams } = new URL(input instanceof Request ? input.url : input, location.href);
    if (pathname !== "/v1/messages") return fetchOthers(input, init);
    const start = Number(searchParams.get("cursor") ?? 0);
    const end = Math.min(start + Number(searchParams.get("limit")), total);
    const items = Array.from({ length: end - start }, (_, at) => messageAt(start + at));
    return Response.json({ items, ...(end < total ? { nextCursor: String(end) } : {}) });
  };
}

describe("bulk retry", () => {
  it("counts first, says what will happen, shows its progress, and sums up", async () => {
    const { api, target } = dashboard;
    const ids = await Promise.all(
      [1, 2, 3].map(async (n) => {
        const { body } = await api.send({
          targetUrl: target.urlOf("/gone-then-ok"),
          senderId: "hooli",
          body: n,
        });
        await api.until(body.messageId, ({ status }) => status === "FAILED");
        return body.messageId;
      }),
    );
    const page = await dashboard.open("/messages?tab=failed&sender=hooli");
    await page.getByRole("button", { name: "Retry failed…" }).click();
    await page.getByText("3 failed messages").waitFor();
    await page.getByText("of hooli will start a new round of attempts").waitFor();
    await page.getByText("Targets may receive messages again").waitFor();
    await page.getByRole("button", { name: "Retry 3" }).click();
    await page.getByText("3 messages were retried.").waitFor();
    await page.getByRole("button", { name: "Done" }).click();
    for (const id of ids) await api.until(id, ({ status }) => status === "COMPLETED");
    // Those of others are untouched.
    expect((await api.get(failedId)).status).toBe("FAILED");
    await expect
      .poll(() => inList(page).allTextContents())
      .toEqual(Array(3).fill(expect.stringContaining("Has moved on since")));
    expect(complaintsOf(page)).toEqual([]);
    await page.close();
  });
});
