/** Endpoints with a rate limit: how it is entered and refused, and what it makes wait. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { complaintsOf, type Dashboard, startDashboard } from "./dashboard.ts";

let dashboard: Dashboard;

beforeAll(async () => {
  dashboard = await startDashboard();
});
afterAll(() => dashboard?.close());

const shown = (endpointId: string) => dashboard.request("GET", `/v1/endpoints/${endpointId}`);

it("the limit of an endpoint is entered as count and period, and what is no limit is refused in words", async () => {
  const page = await dashboard.open("/endpoints/new");
  await page.getByLabel("Sender").fill("limited");
  await page.getByLabel("URL").fill("https://example.com/limited");
  await page.getByText("Channels, headers, metadata, rate limit, secret").click();
  const field = page.getByLabel("Rate limit");
  const create = page.getByRole("button", { name: "Create endpoint" });
  for (const [typed, words] of [
    ["100 a minute", "It is no number and period, such as 100/1m"],
    ["0/1m", "count: must be at least 1; to send nothing, pause the endpoint"],
    ["10001/1m", "count: must be at most 10,000"],
    ["100/2d", "period: must be a duration from 1s to 1d, such as 1s, 1m or 1h"],
  ] as const) {
    await field.fill(typed);
    await create.click();
    await page.getByText(words).waitFor();
    await page.getByRole("alert").getByText("Not saved: one field is not right yet.").waitFor();
    expect(await field.getAttribute("aria-invalid")).toBe("true");
    await expect.poll(() => field.evaluate((one) => one === document.activeElement)).toBe(true);
  }
  await field.fill(" 100/1m ");
  await create.click();
  await page.waitForURL("**/endpoints/ep_*");
  const details = page.getByRole("region", { name: "Details" });
  await details.getByText("At most 100 in 1m, evenly spaced").waitFor();
  const endpointId = new URL(page.url()).pathname.split("/").at(-1) ?? "";
  expect(await shown(endpointId)).toMatchObject({ rateLimit: { count: 100, period: "1m" } });

  const save = async (typed: string) => {
    await page.getByRole("button", { name: "Edit", exact: true }).click();
    await field.fill(typed);
    const patch = page.waitForRequest((request) => request.method() === "PATCH");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    return (await patch).postDataJSON() as unknown;
  };
  expect(await save("5/1s")).toEqual({ rateLimit: { count: 5, period: "1s" } });
  await details.getByText("At most 5 in 1s, evenly spaced").waitFor();
  expect(await save("")).toEqual({ rateLimit: null });
  await details.getByText("Rate limit", { exact: true }).waitFor({ state: "detached" });
  expect(await shown(endpointId)).not.toHaveProperty("rateLimit");
  expect(complaintsOf(page)).toEqual([]);
  await page.close();
});

/** An endpoint of that limit has just been sent one event, and then another, whose message this is. */
async function second(senderId: string, rateLimit: object): Promise<string> {
  const endpoint = { senderId, url: dashboard.target.urlOf(`/ok/${senderId}`), rateLimit };
  await dashboard.request("POST", "/v1/endpoints", endpoint);
  const event = async () => {
    const answer = await dashboard.request("POST", "/v1/events", { senderId, eventType: "a.b", body: 1 });
    const { items } = await dashboard.request("GET", `/v1/messages?eventId=${answer.eventId}`);
    return (items as readonly { messageId: string }[])[0]?.messageId ?? "";
  };
  await event();
  return event();
}

it("a delivery far beyond the limit says why it waits and until when, in its row and on its page, and can go now", async () => {
  const messageId = await second("hourly", { count: 1, period: "1h" });
  expect(await dashboard.api.get(messageId)).toMatchObject({ status: "PENDING", pendingReason: "THROTTLED" });
  const page = await dashboard.open("/messages?tab=waiting&sender=hourly");
  await page
    .getByRole("link", { name: /^Waiting / })
    .filter({ hasText: /Waits for its endpoint's rate limit; sent in (5\d:\d\d|1:00:00)/ })
    .click();
  await page.waitForURL(`**/messages/${messageId}`);
  await page
    .getByText(/^Waits for its endpoint's rate limit; sent in (5\d:\d\d|1:00:00)$/)
    .first()
    .waitFor();
  await page.getByText("Put off by its endpoint's rate limit").waitFor();
  await page.getByText("It waits for its turn. No attempt is counted.").waitFor();
  await page.getByRole("button", { name: "Send now…" }).click();
  const question = page.getByRole("alertdialog");
  await question.getByText("Homing makes attempt 1 at once instead of waiting for its time.").waitFor();
  await question.getByRole("button", { name: "Send now" }).click();
  await page.getByText("Delivered", { exact: true }).first().waitFor();
  expect(complaintsOf(page)).toEqual([]);
  await page.close();
});

it("one that is so near that the queue holds it says the same", async () => {
  const messageId = await second("soon", { count: 6, period: "1h" });
  expect(await dashboard.api.get(messageId)).toMatchObject({ status: "QUEUED" });
  const page = await dashboard.open("/messages?tab=waiting&sender=soon");
  await page
    .getByRole("link", { name: /^Waiting / })
    .filter({ hasText: /Waits for its endpoint's rate limit; sent in (0?\d:\d\d|10:00)/ })
    .waitFor();
  await page.close();
});
