/**
 * Pictures of every screen in both themes for the documentation: `npm run screenshots -w @homing/web`.
 *
 * Starts a stack of its own, fills it with the demo, and writes docs/images/SCREEN-THEME.png. The names of
 * screens as arguments: those only.
 */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { StatsView } from "@homing/functions/api/answers/stats";
import { demoApi } from "@homing/local/demo/demo-api";
import { demoMessage } from "@homing/local/demo/demo-message";
import { startDemoTarget } from "@homing/local/demo/demo-target";
import { burst } from "@homing/local/demo/run-demo";
import { loadLocalSettings } from "@homing/local/local-settings";
import { startStack } from "@homing/local/stack";
import type { Browser, Page } from "playwright-core";
import { buildWeb, isStale, WEB_DIST } from "../build.ts";
import { findBrowser } from "./find-browser.ts";
import { launchBrowser } from "./launch.ts";
import { type Shot, type ShownIds, shotsInOutage, shotsInPeace } from "./shots.ts";

const IMAGES = join(import.meta.dirname, "../../../docs/images");
const KEY = "an operator key for the screenshots";
/** As long as the longest attempt and the demo's own outage take: by then there is something to tell. */
const LET_THINGS_HAPPEN_MS = 35_000;
const OUTAGE_SECONDS = 60;
const SENT_BEFORE_OUTAGE = 30;
const SENT_INTO_OUTAGE = 7;

async function main(): Promise<void> {
  const only = process.argv.slice(2);
  if (await isStale()) await buildWeb();
  const browser = await launchBrowser(await findBrowser());
  const stack = await startStack(
    loadLocalSettings({ PORT: "0", HOMING_DATA_DIR: "memory", HOMING_OPERATOR_KEY: KEY }),
    WEB_DIST,
  );
  const target = await startDemoTarget();
  const api = demoApi(stack.url, KEY);
  const send = (count: number, first: number) =>
    api.send(Array.from({ length: count }, (_, i) => demoMessage(first + i, target, Date.now())));
  const takeAll = async (shots: readonly Shot[]) => {
    for (const shot of shots) {
      if (only.length > 0 && !only.includes(shot.name)) continue;
      for (const theme of ["light", "dark"] as const) await take(browser, stack.url, shot, theme);
    }
  };

  await mkdir(IMAGES, { recursive: true });
  const pause = async () => undefined;
  await burst({ api, target, now: Date.now, pause, isOver: () => true, say: () => undefined });
  await wait(LET_THINGS_HAPPEN_MS);
  await send(SENT_BEFORE_OUTAGE, 12);
  await takeAll(shotsInPeace(await pickShown(stack.url)));

  await api.cutQueue(OUTAGE_SECONDS);
  const [rolledBack = ""] = await send(SENT_INTO_OUTAGE, 108);
  await takeAll(shotsInOutage(rolledBack));

  await browser.close();
  await target.close();
  await stack.stop();
}

/** What has something to tell. */
async function pickShown(url: string): Promise<ShownIds> {
  const list = async <Item>(path: string) => {
    const response = await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${KEY}` } });
    return ((await response.json()) as { items: Item[] }).items;
  };
  const messages = (query: string) =>
    list<{ messageId: string; attemptCount: number; sends: { rollbacks: number } }>(
      `/v1/messages?limit=100&${query}`,
    );
  const delivered = await messages("status=COMPLETED&senderId=billing");
  const retried =
    delivered.find(({ attemptCount, sends }) => attemptCount > 1 && sends.rollbacks > 0) ??
    delivered.find(({ attemptCount }) => attemptCount > 1);
  const [failed] = await messages("status=FAILED&senderId=crm");
  const [event] = await list<{ eventId: string }>("/v1/events?senderId=cus_acme&eventType=invoice.paid");
  const endpoints = await list<{ endpointId: string; metadata: { demo: string } }>(
    "/v1/endpoints?senderId=cus_acme",
  );
  const endpoint = endpoints.find(({ metadata }) => metadata.demo === "moving");
  if (!retried || !failed || !event || !endpoint)
    throw new Error("The demo did not leave what the pictures need: run this again.");
  return {
    retried: retried.messageId,
    failed: failed.messageId,
    event: event.eventId,
    endpoint: endpoint.endpointId,
  };
}

async function take(browser: Browser, url: string, shot: Shot, theme: "light" | "dark"): Promise<void> {
  const { width = 1280, height = 800 } = shot;
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: theme,
    locale: "en-GB",
    timezoneId: "UTC",
    reducedMotion: "reduce",
  });
  if (!shot.signedOut) {
    await context.addInitScript((key) => sessionStorage.setItem("homing.key", key), KEY);
  }
  const page = await context.newPage();
  await imagineAnHour(page);
  await page.goto(`${url}${shot.path}`);
  await shot.prepare(page);
  await page.screenshot({
    path: join(IMAGES, `${shot.name}-${theme}.png`),
    fullPage: shot.fullPage ?? false,
  });
  await context.close();
}

/** The stack is a minute old. The charts get the hour before it that nobody wants to wait for. */
async function imagineAnHour(page: Page): Promise<void> {
  await page.route("**/v1/stats*", async (route) => {
    const response = await route.fetch();
    const stats = (await response.json()) as StatsView;
    const perMinute = stats.perMinute.map((minute, i) => {
      if (minute.accepted > 0 || i > 58) return minute;
      const accepted = Math.round(120 + 60 * Math.sin(i / 9) + ((i * 37) % 23));
      const rolledBack = i >= 33 && i <= 35 ? accepted - 20 : 0;
      const failed = i % 7 === 3 ? 3 : i % 3 === 0 ? 1 : 0;
      const caughtUp = i === 36 ? 300 : 0;
      return {
        ...minute,
        accepted,
        rolledBack,
        failed,
        retried: (i * 13) % 9,
        completed: accepted - rolledBack - failed + caughtUp,
      };
    });
    await route.fulfill({ response, json: { ...stats, perMinute } });
  });
}

await main();
