/** What the pictures show: which screen, and what has to be on it before it is taken. */
import type { Page } from "playwright-core";

export interface Shot {
  readonly name: string;
  readonly path: string;
  readonly prepare: (page: Page) => Promise<unknown>;
  readonly width?: number;
  readonly height?: number;
  readonly signedOut?: true;
  readonly fullPage?: true;
}

const live = (page: Page) => page.getByText("Live", { exact: true }).waitFor();

async function overview(page: Page): Promise<void> {
  await page.locator("[data-chart]").nth(1).waitFor();
  await live(page);
}

async function list(page: Page): Promise<void> {
  await page.locator("[data-message]").first().waitFor();
  await live(page);
}

async function message(page: Page): Promise<void> {
  await page.getByRole("heading", { name: "What happened" }).waitFor();
  await live(page);
}

async function endpoint(page: Page): Promise<void> {
  await page.getByRole("region", { name: "Deliveries" }).getByRole("link").first().waitFor();
  await live(page);
}

export interface ShownIds {
  readonly retried: string;
  readonly failed: string;
  readonly event: string;
  readonly endpoint: string;
}

/** While all is well; `retried` was delivered after several attempts, `failed` was not. */
export function shotsInPeace(ids: ShownIds): readonly Shot[] {
  return [
    {
      name: "events",
      path: "/events",
      prepare: async (page) => {
        await page.getByRole("list", { name: "Events, newest first" }).waitFor();
        await live(page);
      },
    },
    {
      name: "event",
      path: `/events/${ids.event}`,
      prepare: async (page) => {
        await page.getByText("Not delivered to").waitFor();
        await page.getByRole("button", { name: "Why not the others?" }).click();
        await page.getByText("It does not want this type of event").first().waitFor();
        await page.getByText("Body", { exact: true }).click();
        await live(page);
      },
    },
    {
      name: "endpoints",
      path: "/endpoints",
      prepare: async (page) => {
        await page.getByRole("region", { name: "Not getting events" }).waitFor();
        await live(page);
      },
    },
    { name: "endpoint", path: `/endpoints/${ids.endpoint}`, prepare: endpoint, fullPage: true },
    {
      name: "replay",
      path: `/endpoints/${ids.endpoint}`,
      prepare: async (page) => {
        await endpoint(page);
        await page.getByRole("button", { name: "Replay…" }).click();
        await page.getByText("Nothing has failed here in that time.").waitFor();
      },
    },
    {
      name: "endpoint-narrow",
      path: `/endpoints/${ids.endpoint}`,
      prepare: endpoint,
      width: 360,
      height: 760,
    },
    {
      name: "key",
      path: "/",
      signedOut: true,
      prepare: (page) => page.getByLabel("Key", { exact: true }).fill("k".repeat(24)),
    },
    { name: "overview", path: "/", prepare: overview, fullPage: true },
    { name: "messages", path: "/messages", prepare: list },
    { name: "message", path: `/messages/${ids.retried}`, prepare: message, fullPage: true },
    {
      name: "retry",
      path: `/messages/${ids.failed}`,
      prepare: async (page) => {
        await message(page);
        await page.getByRole("button", { name: "Retry…" }).click();
        await page.getByRole("alertdialog").waitFor();
      },
    },
    {
      name: "bulk-retry",
      path: "/messages?tab=failed",
      prepare: async (page) => {
        await list(page);
        await page.getByRole("button", { name: "Retry failed…" }).click();
        await page.getByRole("button", { name: /^Retry \d/ }).waitFor();
      },
    },
    {
      name: "select",
      path: "/messages?tab=failed",
      prepare: async (page) => {
        await list(page);
        await page.getByRole("checkbox").nth(1).click();
        await page
          .getByRole("checkbox")
          .nth(5)
          .click({ modifiers: ["Shift"] });
        await page.getByRole("button", { name: /^Retry \d/ }).waitFor();
      },
    },
    {
      name: "shortcuts",
      path: "/messages",
      prepare: async (page) => {
        await list(page);
        await page.keyboard.press("?");
        await page.getByRole("dialog").waitFor();
      },
    },
    { name: "overview-narrow", path: "/", prepare: overview, width: 360, height: 760 },
    { name: "messages-narrow", path: "/messages", prepare: list, width: 360, height: 760 },
    { name: "message-narrow", path: `/messages/${ids.retried}`, prepare: message, width: 360, height: 760 },
  ];
}

/** While the queue does not answer; `rolledBack` was sent into that. */
export function shotsInOutage(rolledBack: string): readonly Shot[] {
  return [
    { name: "outage", path: "/", prepare: overview, fullPage: true },
    { name: "attention", path: "/messages?tab=attention", prepare: list },
    { name: "rolled-back", path: `/messages/${rolledBack}`, prepare: message, height: 760 },
  ];
}
