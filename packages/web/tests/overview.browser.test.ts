import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { complaintsOf, type Dashboard, ON_SERVER, OPERATOR_KEY, startDashboard } from "./dashboard.ts";

let dashboard: Dashboard;

beforeAll(async () => {
  dashboard = await startDashboard();
});
afterAll(() => dashboard?.close());

const FIRST_SCREEN_BUDGET_BYTES = 120_000;

describe("the overview", () => {
  it("says that nothing has been sent yet, in the charts too, instead of drawing a scale without values", async () => {
    const page = await dashboard.open("/");
    await page.getByRole("heading", { name: "Nothing has been sent yet" }).waitFor();
    await page.getByText("No message in the last 60 minutes").waitFor();
    await page.getByText("No trouble in the last 60 minutes").waitFor();
    await page.close();
  });

  it("answers in one look, each count leads to its messages, and the charts have a table", async () => {
    const { api, target } = dashboard;
    const delivered = await api.send({ targetUrl: target.urlOf("/ok"), body: 1 });
    const failed = await api.send({ targetUrl: target.urlOf("/status/404"), body: 2 });
    await api.until(delivered.body.messageId, ({ status }) => status === "COMPLETED");
    await api.until(failed.body.messageId, ({ status }) => status === "FAILED");

    const page = await dashboard.open("/");
    await page.getByRole("heading", { name: "1 message failed" }).waitFor();
    await page.getByRole("link", { name: "Failed 1" }).waitFor();
    await page.getByText("Nothing is late").waitFor();
    expect(await page.getByRole("term").allTextContents()).toEqual([
      "Visible",
      "In flight",
      "Delayed",
      "Dead letters",
      "Oldest overdue",
    ]);
    await page
      .getByRole("img", { name: /^Traffic of the last 60 minutes: Accepted \d+, Completed \d+$/ })
      .waitFor();
    await page.getByRole("img", { name: /^Trouble of the last 60 minutes: Failed \d+/ }).waitFor();

    await page.getByRole("button", { name: "Show as a table" }).click();
    const table = page.getByRole("region", { name: "Last 60 minutes, a minute a row" });
    await expect.poll(() => table.getByRole("row").count()).toBe(62);
    // Counted where it happened, written once a second: it arrives with one of the next looks.
    const totals = table.getByRole("row", { name: /^Total/ }).getByRole("cell");
    await expect.poll(async () => (await totals.allTextContents()).slice(0, 3)).toEqual(["2", "1", "1"]);

    await page.getByRole("link", { name: "Failed 1" }).click();
    await page.getByRole("link", { name: "The target rejected it" }).waitFor();
    expect(complaintsOf(page)).toEqual([]);
    await page.close();
  });

  it.skipIf(ON_SERVER)(
    "a rollback appears by itself, everywhere, and goes away when the queue is back",
    {
      timeout: 120_000,
    },
    async () => {
      const overview = await dashboard.open("/");
      const attention = await dashboard.open("/messages?tab=attention");
      await overview.getByRole("link", { name: "Rolled back 0" }).waitFor();
      await attention.getByRole("link", { name: "The target rejected it" }).waitFor();

      await dashboard.queue.stop();
      const answer = await dashboard.api.send({ targetUrl: dashboard.target.urlOf("/later"), body: 3 });
      expect(answer.status).toBe(503);
      await overview.getByRole("heading", { name: "The queue does not answer" }).waitFor();
      await overview.getByText("when the queue is back: 1 message so far").waitFor();
      await overview.getByRole("link", { name: "Rolled back 1" }).waitFor();
      await attention.getByRole("button", { name: "1 new" }).click();
      await attention.getByRole("link", { name: /Not sent; again in .* · queue unreachable/ }).click();
      await attention.getByText("Send failed, rolled back").first().waitFor();
      await attention.getByText("QUEUE_UNAVAILABLE").first().waitFor();

      await dashboard.queue.start();
      await attention.getByText("Completed", { exact: true }).first().waitFor();
      await attention.getByText("The target answered 200.").waitFor();
      await overview.getByRole("link", { name: "Rolled back 0" }).waitFor();
      expect([...complaintsOf(overview), ...complaintsOf(attention)]).toEqual([]);
      await overview.close();
      await attention.close();
    },
  );

  it("says how old its data is while the API does not answer, and is live again when it does", async () => {
    const page = await dashboard.open("/");
    await page.getByText("Live", { exact: true }).waitFor();
    await page.route("**/v1/stats*", (route) => route.abort());
    await page.getByText("Reconnecting").waitFor();
    await page.getByText(/What you see is .* old\. Homing's API cannot be reached\./).waitFor();
    await page.unroute("**/v1/stats*");
    await page.getByRole("button", { name: "Try now" }).click();
    await page.getByText("Live", { exact: true }).waitFor();
    expect(await page.getByText("What you see is").count()).toBe(0);
    await page.close();
  });

  it("says that nothing could be loaded instead of showing zeros", async () => {
    const page = await dashboard.open("/messages");
    await page.route("**/v1/stats*", (route) =>
      route.fulfill({ status: 503, body: '{"detail":"Storage is unavailable.","correlationId":"c-42"}' }),
    );
    await page.getByRole("link", { name: "Overview", exact: true }).click();
    await page.getByRole("heading", { name: "Could not load the overview yet" }).waitFor();
    await page.getByText("Storage is unavailable. (correlation id c-42)").waitFor();
    await page.unroute("**/v1/stats*");
    await page.getByRole("button", { name: "Try now" }).click();
    await page.getByText("Live", { exact: true }).waitFor();
    await page.close();
  });

  it("mentions events that went nowhere and endpoints that Homing has disabled, each with the way there", async () => {
    const { api, target, request } = dashboard;
    await request("POST", "/v1/events", { senderId: "unheard", eventType: "invoice.paid", body: 1 });
    const gone = { senderId: "gone", url: target.urlOf("/status/410") };
    const { endpointId } = await request("POST", "/v1/endpoints", gone);
    const sent = await request("POST", "/v1/events", {
      senderId: "gone",
      eventType: "invoice.paid",
      body: 1,
    });
    const [delivery] = sent.messages as { messageId: string }[];
    await api.until(delivery?.messageId, ({ status }) => status === "FAILED");
    await expect
      .poll(() => request("GET", `/v1/endpoints/${endpointId}`))
      .toMatchObject({ state: "DISABLED", stateReason: "GONE" });

    const page = await dashboard.open("/");
    await page.getByRole("heading", { name: "1 event matched no endpoint" }).waitFor();
    await page.getByRole("heading", { name: "1 endpoint was disabled by Homing" }).waitFor();
    await page.getByRole("link", { name: "Show disabled" }).click();
    await page.getByRole("link", { name: /\/status\/410/ }).waitFor();
    await page.goBack();
    await page.getByRole("link", { name: "Show unmatched" }).click();
    await page.getByRole("link", { name: /invoice\.paid.*unheard/ }).waitFor();
    expect(complaintsOf(page)).toEqual([]);
    await page.close();
  });

  it("tells how each target fares, with the way to its messages and to its charts", async () => {
    const { api, target, request } = dashboard;
    const { port } = new URL(target.urlOf("/"));
    const host = `localhost:${port}`;
    const delivered = await api.send({ targetUrl: `http://${host}/ok`, body: 1 });
    await api.until(delivered.body.messageId, ({ status }) => status === "COMPLETED");
    const failed = await api.send({ targetUrl: `http://${host}/status/404`, body: 2 });
    await api.until(failed.body.messageId, ({ status }) => status === "FAILED");
    // An answer is kept for ten seconds.
    const known = async () => JSON.stringify(await request("GET", "/v1/targets"));
    await expect.poll(known, { timeout: 20_000 }).toContain(failed.body.messageId);

    const page = await dashboard.open("/");
    const targets = page.getByRole("region", { name: "Targets", exact: true });
    const row = targets.getByRole("row", { name: host });
    await row.getByRole("cell", { name: /^(Last attempt failed|Failing for)/ }).waitFor();
    await row.getByRole("cell", { name: /^404 not found/ }).waitFor();
    await row.getByRole("cell", { name: "50.0%" }).waitFor();
    await targets.getByText(/^Told of all \d+ messages since/).waitFor();

    await row.getByRole("link", { name: `Charts of ${host}` }).click();
    await page
      .getByRole("img", { name: /^Traffic of the last 24 hours: Accepted 2, Completed 1$/ })
      .waitFor();
    await page.getByText(/^Counted among the newest \d+ messages/).waitFor();
    await page.getByRole("button", { name: "Week", exact: true }).click();
    await page.getByRole("img", { name: /^Trouble of the last 7 days: Failed 1,/ }).waitFor();
    expect(new URL(page.url()).search).toBe(`?${new URLSearchParams({ period: "week", target: host })}`);
    await page.getByRole("button", { name: "Show as a table" }).click();
    const table = page.getByRole("region", { name: "Last 7 days, an hour a row" });
    await table.getByRole("row", { name: /^Total 2 1 1/ }).waitFor();
    await page.getByRole("button", { name: "Clear" }).click();
    await page.getByRole("heading", { name: "Last 7 days" }).waitFor();
    await expect.poll(() => page.getByText("Counted among the newest").count()).toBe(0);

    await row.getByRole("link", { name: host, exact: true }).click();
    await page.getByRole("link", { name: "The target rejected it" }).waitFor();
    expect(await page.getByLabel("Target", { exact: true }).inputValue()).toBe(host);
    expect(complaintsOf(page)).toEqual([]);
    await page.close();
  });

  it("keeps the times below a chart apart on a narrow screen, where a clock of twelve hours needs the most room", async () => {
    await dashboard.api.send({ targetUrl: dashboard.target.urlOf("/ok") });
    const page = await dashboard.open("/", { viewport: { width: 390, height: 844 }, locale: "en-US" });
    const times = page
      .locator("[data-chart]")
      .first()
      .getByText(/[AP]M$/)
      .filter({ visible: true });
    await times.first().waitFor();
    const boxes = await times.evaluateAll((all) =>
      all.map((time) => time.getBoundingClientRect()).map(({ left, right }) => ({ left, right })),
    );
    expect(boxes.length).toBeGreaterThanOrEqual(2);
    const gaps = boxes.slice(1).map(({ left }, i) => left - (boxes[i]?.right ?? Number.NaN));
    expect(Math.min(...gaps)).toBeGreaterThan(4);
    await page.close();
  });

  it("needs at most 120 kB of gzipped JavaScript, its charts included", async () => {
    // Of a Homing in use: the very first time a little more tells how to begin.
    await dashboard.api.send({ targetUrl: dashboard.target.urlOf("/ok") });
    const page = await dashboard.open("/", { key: null, isFirstVisit: true });
    await page.getByLabel("Key", { exact: true }).waitFor();
    const scripts = new Map<string, Promise<number>>();
    page.on("response", (response) => {
      if (response.request().resourceType() !== "script") return;
      scripts.set(
        response.url(),
        response.body().then((body) => gzipSync(body).length),
      );
    });
    await page.addInitScript((key) => sessionStorage.setItem("homing.key", key), OPERATOR_KEY);
    await page.reload();
    await page.locator("[data-chart]").nth(1).waitFor();
    const sizes = await Promise.all(scripts.values());
    expect(sizes.length).toBeGreaterThanOrEqual(2);
    expect(sizes.reduce((sum, bytes) => sum + bytes, 0)).toBeLessThan(FIRST_SCREEN_BUDGET_BYTES);
    await page.close();
  });
});
