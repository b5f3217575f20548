import type { RunOptions } from "axe-core";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Dashboard, startDashboard } from "./dashboard.ts";
import { violationsOf } from "./violations.ts";

let dashboard: Dashboard;
let failedId: string;
let waitingId: string;
let endpointId: string;
let behindId: string;
let activeId: string;
let eventId: string;

beforeAll(async () => {
  dashboard = await startDashboard();
  const { api, target } = dashboard;
  const send = async (path: string) => {
    const { body } = await api.send({
      targetUrl: target.urlOf(path),
      body: { path, list: [1, true, null] },
      metadata: { a: "b" },
    });
    return String(body.messageId);
  };
  const endpoint = {
    url: "https://example.com/hook",
    eventTypes: ["invoice.*"],
    headers: { "x-token": "t" },
    metadata: { a: "b" },
  };
  activeId = String((await dashboard.request("POST", "/v1/endpoints", endpoint)).endpointId);
  const disabled = { ...endpoint, description: "until the migration is over", state: "DISABLED" };
  endpointId = String((await dashboard.request("POST", "/v1/endpoints", disabled)).endpointId);
  const event = { eventType: "invoice.paid", body: 1, headers: { "x-a": "b" }, channels: ["project_7"] };
  eventId = String((await dashboard.request("POST", "/v1/events", event)).eventId);
  await dashboard.request("POST", "/v1/events", { eventType: "user.created", body: 1 });
  await send("/ok");
  failedId = await send("/status/410");
  waitingId = await send("/status/503");
  const ordered = { senderId: "ledger", orderingKey: "order-4711", afterFailure: "block", body: 1 };
  await api.send({ ...ordered, targetUrl: target.urlOf("/status/410") });
  behindId = String((await api.send({ ...ordered, targetUrl: target.urlOf("/ok") })).body.messageId);
  await api.until(failedId, ({ status }) => status === "FAILED");
  await api.until(waitingId, ({ pendingReason }) => pendingReason === "RETRY");
});
afterAll(() => dashboard?.close());

interface Screen {
  readonly name: string;
  readonly path: () => string;
  readonly ready: (page: Page) => Promise<unknown>;
  readonly signedOut?: true;
}

const SCREENS: readonly Screen[] = [
  {
    name: "key entry, with a refusal",
    path: () => "/",
    signedOut: true,
    ready: async (page) => {
      await page.getByRole("button", { name: "Continue" }).click();
      await page.getByText("Enter a key.").waitFor();
    },
  },
  { name: "overview", path: () => "/", ready: (page) => page.locator("[data-chart]").nth(1).waitFor() },
  {
    name: "overview as a table",
    path: () => "/",
    ready: async (page) => {
      await page.getByRole("button", { name: "Show as a table" }).click();
      await page.getByRole("region", { name: "Last 60 minutes, a minute a row" }).waitFor();
    },
  },
  {
    name: "overview of a week of one target",
    path: () => `/?period=week&target=${new URL(dashboard.target.urlOf("/")).host}`,
    ready: async (page) => {
      await page.getByRole("img", { name: /^Traffic of the last 7 days/ }).waitFor();
      await page.getByRole("region", { name: "Targets", exact: true }).waitFor();
    },
  },
  {
    name: "overview that is stale",
    path: () => "/",
    ready: async (page) => {
      await page.getByText("Live", { exact: true }).waitFor();
      await page.route("**/v1/stats*", (route) => route.abort());
      await page.getByText("What you see is").waitFor();
    },
  },
  {
    name: "messages",
    path: () => "/messages",
    ready: (page) => page.getByText("Delivered").first().waitFor(),
  },
  {
    name: "needs attention",
    path: () => "/messages?tab=attention&sender=default",
    ready: (page) => page.getByRole("button", { name: "Retry failed…" }).waitFor(),
  },
  {
    name: "an empty list",
    path: () => "/messages?tab=cancelled",
    ready: (page) => page.getByRole("heading", { name: "No message is cancelled" }).waitFor(),
  },
  {
    name: "what was found",
    path: () => `/find?q=${failedId.slice(4, 20)}`,
    ready: (page) => page.getByRole("list", { name: "Messages found" }).waitFor(),
  },
  {
    name: "nothing found",
    path: () => "/find?q=nothing-like-it",
    ready: (page) => page.getByRole("heading", { name: "Nothing found" }).waitFor(),
  },
  {
    name: "bulk retry",
    path: () => "/messages?tab=failed",
    ready: async (page) => {
      await page.getByRole("button", { name: "Retry failed…" }).click();
      await page.getByRole("button", { name: "Retry 2" }).waitFor();
    },
  },
  {
    name: "selected messages",
    path: () => "/messages?sender=default",
    ready: async (page) => {
      await page.getByRole("checkbox", { name: /^Select all / }).click();
      await page.getByRole("button", { name: /^Retry \d…/ }).waitFor();
    },
  },
  {
    name: "selected messages, refused and unanswered",
    path: () => "/messages?tab=failed",
    ready: async (page) => {
      await page.getByRole("checkbox", { name: /^Select all / }).click();
      await page.route(`**/v1/messages/${failedId}/retry`, (route) =>
        route.fulfill({ status: 409, json: { detail: "The message has moved on meanwhile." } }),
      );
      await page.route(`**/v1/messages/*/retry`, (route) =>
        route.request().url().includes(failedId) ? route.fallback() : route.abort(),
      );
      await page.getByRole("button", { name: "Retry 2…" }).click();
      await page.getByRole("button", { name: "Retry 2", exact: true }).click();
      await page.getByText("1 was refused:").waitFor();
      await page.getByRole("button", { name: "Try it again" }).waitFor();
    },
  },
  {
    name: "a selected delivery of an event",
    path: () => `/events/${eventId}`,
    ready: async (page) => {
      await page.getByRole("checkbox", { name: "Select the delivery" }).click();
      await page.getByRole("region", { name: "Selected messages" }).waitFor();
    },
  },
  {
    name: "a failed message",
    path: () => `/messages/${failedId}`,
    ready: (page) => page.getByRole("region", { name: "Response body of attempt 1" }).waitFor(),
  },
  {
    name: "a waiting message",
    path: () => `/messages/${waitingId}`,
    ready: (page) => page.getByRole("timer").first().waitFor(),
  },
  {
    name: "asking before a retry",
    path: () => `/messages/${failedId}`,
    ready: async (page) => {
      await page.getByRole("button", { name: "Retry…" }).click();
      await page.getByRole("alertdialog").waitFor();
    },
  },
  {
    name: "events",
    path: () => "/events",
    ready: (page) => page.getByText("No endpoint matched").waitFor(),
  },
  {
    name: "no events",
    path: () => "/events?sender=nobody",
    ready: (page) => page.getByRole("heading", { name: "No event matches" }).waitFor(),
  },
  {
    name: "an event, all of it shown",
    path: () => `/events/${eventId}`,
    ready: async (page) => {
      await page.getByRole("button", { name: "Why not the others?" }).click();
      await page.getByText("Body", { exact: true }).click();
      await page.getByText("Headers (1)").click();
      await page.getByLabel("Event headers").waitFor();
    },
  },
  {
    name: "a request as it was sent",
    path: () => `/messages/${failedId}`,
    ready: async (page) => {
      await page.getByText("Request", { exact: true }).first().click();
      await page.getByLabel("Request headers of attempt 1").waitFor();
    },
  },
  {
    name: "a message that is sent again",
    path: () => `/messages/new?from=${failedId}`,
    ready: (page) => page.getByRole("button", { name: "Send as a new message" }).waitFor(),
  },
  {
    name: "lanes",
    path: () => "/lanes",
    ready: (page) => page.getByRole("button", { name: "Skip…" }).waitFor(),
  },
  {
    name: "a lane of whom",
    path: () => "/lanes?ordering=order-4711",
    ready: (page) => page.getByRole("heading", { name: "Whose ordering key is this?" }).waitFor(),
  },
  {
    name: "every lane moves",
    path: () => "/lanes?sender=nobody",
    ready: (page) => page.getByRole("heading", { name: "Every lane moves" }).waitFor(),
  },
  {
    name: "asking before a message is skipped",
    path: () => "/lanes",
    ready: async (page) => {
      await page.getByRole("button", { name: "Skip…" }).click();
      await page.getByRole("alertdialog").waitFor();
    },
  },
  {
    name: "a message that waits for its turn",
    path: () => `/messages/${behindId}`,
    ready: (page) => page.getByText("1 ahead, behind").first().waitFor(),
  },
  {
    name: "endpoints",
    path: () => "/endpoints",
    ready: (page) => page.getByRole("region", { name: "Not getting events" }).waitFor(),
  },
  {
    name: "no endpoints",
    path: () => "/endpoints?sender=nobody",
    ready: (page) => page.getByRole("heading", { name: "No endpoint matches" }).waitFor(),
  },
  {
    name: "an endpoint, its secret shown",
    path: () => `/endpoints/${endpointId}`,
    ready: async (page) => {
      await page.getByRole("button", { name: "Show secret" }).click();
      await page.getByRole("button", { name: "Copy signing secret" }).waitFor();
    },
  },
  {
    name: "asking before an endpoint is deleted",
    path: () => `/endpoints/${endpointId}`,
    ready: async (page) => {
      await page.getByRole("button", { name: "Delete…" }).click();
      await page.getByRole("alertdialog").waitFor();
    },
  },
  {
    name: "a rotation",
    path: () => `/endpoints/${endpointId}`,
    ready: async (page) => {
      await page.getByRole("button", { name: "Rotate…" }).click();
      await page.getByRole("dialog").waitFor();
    },
  },
  {
    name: "a replay",
    path: () => `/endpoints/${activeId}`,
    ready: async (page) => {
      await page.getByRole("button", { name: "Replay…" }).click();
      await page.getByText("Nothing has failed here").waitFor();
    },
  },
  {
    name: "a new endpoint, refused",
    path: () => "/endpoints/new",
    ready: async (page) => {
      await page.getByLabel("Event types").fill("no/slash");
      await page.getByRole("button", { name: "Create endpoint" }).click();
      await page.getByText("Not saved: 2 fields").waitFor();
    },
  },
  {
    name: "a changed endpoint",
    path: () => `/endpoints/${endpointId}/edit`,
    ready: (page) => page.getByLabel("Value of header 1").waitFor(),
  },
  {
    name: "keys",
    path: () => "/keys",
    ready: (page) => page.getByRole("region", { name: "You are signed in with" }).waitFor(),
  },
  {
    name: "a new key, and one shown once",
    path: () => "/keys",
    ready: async (page) => {
      await page.getByRole("button", { name: "New key" }).click();
      await page.getByRole("dialog").getByLabel("Sender").fill("accessible");
      await page.getByRole("button", { name: "Create key" }).click();
      await page.getByRole("region", { name: /shown this once/ }).waitFor();
      await page.getByRole("button", { name: "New key" }).click();
      await page.getByRole("dialog").waitFor();
    },
  },
  {
    name: "shortcuts",
    path: () => "/",
    ready: async (page) => {
      await page.getByRole("button", { name: "Keyboard shortcuts" }).click();
      await page.getByRole("dialog").waitFor();
    },
  },
];

const WCAG_AA: RunOptions = {
  runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
};
const COLORS: RunOptions = { runOnly: { type: "rule", values: ["color-contrast"] } };

describe("every screen", () => {
  it.each(SCREENS)(
    "$name: no accessibility violations in either theme, and it fits 360 pixels",
    async (screen) => {
      const page = await dashboard.open(screen.path(), screen.signedOut ? { key: null } : {});
      await screen.ready(page);
      expect(await violationsOf(page, WCAG_AA)).toEqual([]);
      // In the other theme nothing but the colours can differ.
      await page.emulateMedia({ colorScheme: "dark" });
      expect(await violationsOf(page, COLORS)).toEqual([]);
      await page.setViewportSize({ width: 360, height: 740 });
      const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      await expect.poll(overflow).toBeLessThanOrEqual(0);
      await page.close();
    },
  );
});

describe("the theme", () => {
  it("follows the system until one is chosen, and remembers the choice before the first paint", async () => {
    const page = await dashboard.open("/", { colorScheme: "dark" });
    const scheme = () => page.evaluate(() => getComputedStyle(document.documentElement).colorScheme);
    const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    await page.getByText("Live", { exact: true }).waitFor();
    const dark = await background();
    await page.getByRole("button", { name: "Use the light theme" }).click();
    expect(await scheme()).toBe("light");
    expect(await background()).not.toBe(dark);
    await page.reload({ waitUntil: "commit" });
    await expect.poll(scheme).toBe("light");
    await page.close();
  });
});
