import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { findBrowser } from "../../packages/web/tests/find-browser.ts";
import { launchBrowser } from "../../packages/web/tests/launch.ts";
import { OPERATOR_KEY } from "../lambda/environment.ts";
import { atMost, type Finding, type Row, times } from "../row.ts";
import { startHoming } from "../stack/homing.ts";

const SCRIPT_LIMIT_KB = 120;
const FRAME_LIMIT = 3;
const FEW = 200;
const MANY = 10_000;

/** The dashboard in a real browser: what its first screen loads, and how a long list scrolls. */
export const web: Row = {
  name: "web",
  run: async () => {
    const homing = await startHoming({ HOMING_DATA_DIR: "memory" });
    const browser = await launchBrowser(await findBrowser());
    try {
      return [await firstScreen(browser, homing.url), await longList(browser, homing.url)];
    } finally {
      await browser.close();
      await homing.stop();
    }
  },
};

interface LoadedFile {
  readonly path: string;
  readonly gzipped: number;
}

async function firstScreen(browser: Browser, url: string): Promise<Finding> {
  const context = await signedIn(browser);
  const page = await context.newPage();
  const loading: Promise<LoadedFile>[] = [];
  let calls = 0;
  page.on("response", (response) => {
    const path = new URL(response.url()).pathname;
    if (path.startsWith("/v1/")) calls += 1;
    else
      loading.push(
        response.body().then(async (body) => ({ path, gzipped: (await promisify(gzip)(body)).length })),
      );
  });
  await page.goto(url);
  // The last thing that the first screen shows, its charts.
  await page.getByRole("img", { name: /^Traffic of the last 60 minutes/ }).waitFor();
  const files = await Promise.all(loading);
  await context.close();
  const kB = (some: readonly LoadedFile[]) => some.reduce((sum, { gzipped }) => sum + gzipped, 0) / 1_000;
  const scripts = files.filter(({ path }) => path.endsWith(".js"));
  return {
    what: "JavaScript of the dashboard's first screen, gzipped",
    target: `≤ ${SCRIPT_LIMIT_KB} kB`,
    result: `${kB(scripts).toFixed(0)} kB (${files.length} files, ${kB(files).toFixed(0)} kB in all, and ${calls} API calls)`,
    ...atMost(kB(scripts), SCRIPT_LIMIT_KB),
    values: { files, calls },
  };
}

async function longList(browser: Browser, url: string): Promise<Finding> {
  const few = await scroll(browser, url, FEW);
  const many = await scroll(browser, url, MANY);
  const ratio = many.frameMs / few.frameMs;
  return {
    what: `A frame while scrolling ${MANY} messages / ${FEW}`,
    target: `≤ ${FRAME_LIMIT} ×`,
    result: `${times(ratio)} (${many.frameMs.toFixed(1)} / ${few.frameMs.toFixed(1)} ms; ${many.rows} rows exist; first render ${many.renderMs.toFixed(0)} ms)`,
    ...atMost(ratio, FRAME_LIMIT),
    values: { ratio, few, many },
  };
}

interface Scrolled {
  readonly frameMs: number;
  readonly rows: number;
  /** From the click on the list to its first row. */
  readonly renderMs: number;
}

/** Loads a list of so many messages to its end, then scrolls 60 times by a screen, a frame each. */
async function scroll(browser: Browser, url: string, total: number): Promise<Scrolled> {
  const context = await signedIn(browser);
  const page = await context.newPage();
  await answerLists(page, total);
  await page.goto(url);
  const startedAt = performance.now();
  await page.getByRole("link", { name: "Messages", exact: true }).click();
  await page.locator("[data-message]").first().waitFor();
  const renderMs = performance.now() - startedAt;
  // As text: it runs in the browser, whose globals are none of Node's.
  const measured = await page.evaluate<{ framesMs: number[]; rows: number }>(`(async () => {
    const frame = () => new Promise(requestAnimationFrame);
    while (!document.querySelector("main").textContent.includes("/hook/${total - 1}")) {
      scrollTo(0, document.documentElement.scrollHeight);
      await frame();
    }
    const framesMs = [];
    for (let i = 0; i < 60; i += 1) {
      const startedAt = performance.now();
      scrollTo(0, (i % 10) * 800);
      await frame();
      framesMs.push(performance.now() - startedAt);
    }
    return { framesMs, rows: document.querySelectorAll("[data-message]").length };
  })()`);
  await context.close();
  const sorted = measured.framesMs.toSorted((a, b) => a - b);
  return { frameMs: sorted[Math.floor(sorted.length / 2)] ?? Number.NaN, rows: measured.rows, renderMs };
}

async function signedIn(browser: Browser): Promise<BrowserContext> {
  const context = await browser.newContext();
  await context.addInitScript(`sessionStorage.setItem("homing.key", ${JSON.stringify(OPERATOR_KEY)})`);
  return context;
}

/** Pages of a list as the API would answer them, without 10,000 messages having to be sent. */
async function answerLists(page: Page, total: number): Promise<void> {
  const now = Date.now();
  await page.route(/\/v1\/messages\?/, (route) => {
    const query = new URL(route.request().url()).searchParams;
    const start = Number(query.get("cursor") ?? 0);
    const end = Math.min(start + Number(query.get("limit")), total);
    const items = Array.from({ length: end - start }, (_, offset) => {
      const index = start + offset;
      const createdAt = new Date(now - index * 1_000).toISOString();
      return {
        messageId: `msg_${String(index).padStart(26, "0")}`,
        status: "COMPLETED",
        senderId: "acme",
        targetUrl: `https://hooks.example.com/hook/${index}`,
        method: "POST",
        correlationId: `call-${index}`,
        createdAt,
        updatedAt: createdAt,
        finishedAt: createdAt,
        attemptCount: 1,
        maxAttempts: 10,
        sends: { count: 1, rollbacks: 0 },
      };
    });
    return route.fulfill({ json: { items, ...(end < total ? { nextCursor: String(end) } : {}) } });
  });
}
