import { afterAll, beforeAll, expect, it } from "vitest";
import { complaintsOf, type Dashboard, ON_SERVER, startDashboard } from "./dashboard.ts";

let dashboard: Dashboard;

beforeAll(async () => {
  // Short enough for the queue to hold the message until its second attempt.
  dashboard = await startDashboard({ HOMING_RETRY_SCHEDULE: "10m" });
});
afterAll(() => dashboard?.close());

it("what waits is one thing, whatever carries it, and the target that did not take its message is named", async () => {
  const { api, target } = dashboard;
  const refused = await api.send({ targetUrl: target.urlOf("/status/503") });
  const deliverAt = new Date(Date.now() + 3_600_000).toISOString();
  const scheduled = await api.send({ targetUrl: target.urlOf("/ok"), deliverAt });
  await api.until(
    refused.body.messageId,
    ({ status, attempts }) => status === "QUEUED" && attempts.length > 0,
  );
  await api.until(scheduled.body.messageId, ({ status }) => status === "PENDING");

  const page = await dashboard.open("/");
  await page.getByRole("heading", { name: "1 message waits for a target that did not take it" }).waitFor();
  await page.getByText(`${new URL(target.url).host} (1). The next attempt follows in`).waitFor();
  await page.getByRole("link", { name: "Waiting 2 1 for a retry, 1 scheduled" }).waitFor();
  await page.getByRole("link", { name: "Queued 0" }).waitFor();

  await page.getByRole("link", { name: "Show waiting" }).click();
  await page.getByText("soonest due first", { exact: true }).waitFor();
  await page.getByRole("link", { name: /^Waiting .*Scheduled in/ }).waitFor();
  await page.getByRole("link", { name: "Queued", exact: true }).click();
  await page.getByRole("heading", { name: "No message is queued" }).waitFor();
  await page.getByRole("link", { name: "Waiting", exact: true }).click();
  await page.getByRole("link", { name: /^Waiting .*Retry: attempt 2 of 2 in/ }).click();
  await page.getByText("The queue keeps its copy until its time comes.").waitFor();
  expect(complaintsOf(page)).toEqual([]);
  await page.close();
});

it.skipIf(ON_SERVER)(
  "a message that left the queue again needs no attention, though its send was rolled back once",
  async () => {
    const { api, queue, target } = dashboard;
    await queue.stop();
    const { body } = await api.send(
      {
        targetUrl: target.urlOf("/status/503"),
        senderId: "patient",
        body: { after: "an outage" },
      },
      { "idempotency-key": "after-an-outage" },
    );
    await queue.start();
    const sent = await api.until(
      body.messageId,
      ({ attempts }) => attempts.length > 0 && attempts[0]?.outcome === "RETRY",
    );
    expect(sent.rolledBackAt).toBeDefined();

    const page = await dashboard.open("/messages?tab=attention&sender=patient");
    await page.getByRole("heading", { name: "No message matches" }).waitFor();
    await page.getByRole("link", { name: "Waiting", exact: true }).click();
    await page.getByRole("link", { name: /Retry: attempt 2 of 2 in/ }).waitFor();
    await page.getByRole("link", { name: "Overview", exact: true }).click();
    await page.getByRole("link", { name: "Rolled back 0" }).waitFor();
    expect(complaintsOf(page)).toEqual([]);
    await page.close();
  },
);
