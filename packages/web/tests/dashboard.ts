/**
 * The dashboard on a real local stack, or on the server for one machine where the run says so (`vitest.config.ts`), in
 * front of a real browser: what every browser test stands on.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { embeddedConnection } from "@homing/local/embedded/clients";
import { randomAccessKeyId } from "@homing/local/embedded/guard";
import { startSqs } from "@homing/local/embedded/sqs";
import { loadLocalSettings } from "@homing/local/local-settings";
import { type Stack, startStack } from "@homing/local/stack";
import { type ApiCaller, callApi } from "@homing/local/testing/api-caller";
import { type OutageProxy, startOutageProxy } from "@homing/local/testing/outage-proxy";
import { startServer } from "@homing/server/server";
import { loadServerSettings } from "@homing/server/server-settings";
import type { BrowserContextOptions, Page } from "playwright-core";
import { inject, vi } from "vitest";
import { WEB_DIST } from "../build.ts";
import { launchBrowser } from "./launch.ts";
import { type OpenInProfile, openProfiles } from "./profiles.ts";
import { startTarget, type Target } from "./target.ts";

export const OPERATOR_KEY = "an operator key for the browser tests";
const SESSION_KEY = "homing.key";
/** Of one step: what takes longer is not coming, and the failure should name it. */
const LONGEST_WAIT_MS = 20_000;
/** Long enough for a busy machine: only a queue that is stopped may make a message roll back. */
const SEND_BUDGET = "3s";

/** Quick to reconcile and slow to retry: a message that waits for its second attempt waits long enough to be looked at. */
const QUICK = {
  HOMING_OPERATOR_KEY: OPERATOR_KEY,
  HOMING_RECONCILE_INTERVAL: "200ms",
  HOMING_SEND_BUDGET: SEND_BUDGET,
  HOMING_RETRY_SCHEDULE: "30m",
};

/** Whether this run is of the server for one machine: it leaves out looks, and what a queue does that fails alone. */
export const ON_SERVER = process.env.HOMING_BROWSER_TESTS_ON === "serve";

export interface Dashboard {
  readonly url: string;
  readonly api: ApiCaller;
  readonly target: Target;
  /** What the stack keeps, for what takes longer to come about than a test may last; not on one machine. */
  readonly services: () => Stack["services"];
  /** Stops the queue and brings it back. */
  readonly queue: OutageProxy;
  /** Stops everything but the queue, and brings it back at the same address with the same data. */
  readonly stack: { stop(): Promise<void>; start(): Promise<void> };
  /**
   * A page in a browser profile of its own, signed in with `key` (null: not signed in), at `path`; whoever is done with
   * it closes the page, not its context, which others may use. What goes wrong in it is found in `complaintsOf`.
   */
  open(path: string, options?: OpenOptions): Promise<Page>;
  /** Calls the API as the operator. */
  request(method: string, path: string, body?: object): Promise<Record<string, unknown>>;
  close(): Promise<void>;
}

export interface OpenOptions extends BrowserContextOptions {
  readonly key?: string | null;
  /** In a profile that has never loaded anything. */
  readonly isFirstVisit?: true;
}

/** `more`: other variables. */
export async function startDashboard(more: Readonly<Record<string, string>> = {}): Promise<Dashboard> {
  const found = inject("browser");
  if ("problem" in found) throw new Error(found.problem);

  if (ON_SERVER) return startServerDashboard(found.path, more);
  const accessKeyId = randomAccessKeyId();
  const sqs = await startSqs({ accessKeyId });
  const queue = await startOutageProxy(sqs.endpoint);
  const { credentials, region } = embeddedConnection(sqs.endpoint, accessKeyId);
  const external = {
    AWS_REGION: region ?? "",
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials?.secretAccessKey ?? "",
  };
  for (const [name, value] of Object.entries(external)) vi.stubEnv(name, value);
  const dataDir = await mkdtemp(join(tmpdir(), "homing-dashboard-"));
  const startOn = (port: string) =>
    startStack(
      loadLocalSettings({
        ...external,
        PORT: port,
        HOMING_DATA_DIR: dataDir,
        AWS_ENDPOINT_URL_SQS: queue.endpoint,
        ...QUICK,
        ...more,
      }),
      WEB_DIST,
    );
  let stack = await startOn("0");
  const { url } = stack;
  const { close, ...inFront } = await openTo(url, found.path);
  return {
    ...inFront,
    services: () => stack.services,
    queue,
    stack: {
      stop: () => stack.stop(),
      start: async () => {
        stack = await startOn(new URL(url).port);
      },
    },
    close: async () => {
      await close();
      await stack.stop();
      await queue.stop();
      await sqs.close();
      await rm(dataDir, { recursive: true, force: true });
      vi.unstubAllEnvs();
    },
  };
}

const noQueue = () => {
  throw new Error("On one machine there is no queue that could be stopped alone.");
};
const NO_QUEUE: OutageProxy = {
  endpoint: "",
  passed: 0,
  stop: noQueue,
  start: noQueue,
  refuseWith: noQueue,
};

/** One folder, one process, no queue that could be stopped alone: for what a person does in every installation. */
async function startServerDashboard(
  browserPath: string,
  more: Readonly<Record<string, string>>,
): Promise<Dashboard> {
  const dataDir = await mkdtemp(join(tmpdir(), "homing-dashboard-"));
  const startOn = (port: string) =>
    startServer(
      loadServerSettings({
        PORT: port,
        HOMING_DATA_DIR: dataDir,
        HOMING_ALLOW_PRIVATE_TARGETS: "127.0.0.0/8",
        ...QUICK,
        ...more,
      }),
      {
        log: { write: () => undefined },
        dashboardDir: Promise.resolve(WEB_DIST),
        onDamage: (error) => {
          throw error;
        },
      },
    );
  let server = await startOn("0");
  const { url } = server;
  const { close, ...inFront } = await openTo(url, browserPath);
  return {
    ...inFront,
    services: () => {
      throw new Error("What a server keeps is its own.");
    },
    queue: NO_QUEUE,
    stack: {
      stop: () => server.stop(),
      start: async () => {
        server = await startOn(new URL(url).port);
      },
    },
    close: async () => {
      await close();
      await server.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** What stands before an installation at `url`, however it runs. */
async function openTo(
  url: string,
  browserPath: string,
): Promise<Omit<Dashboard, "services" | "queue" | "stack">> {
  const target = await startTarget();
  const browser = await launchBrowser(browserPath);
  const openInProfile = await openProfiles(browser, url);
  return {
    url,
    api: callApi(url, OPERATOR_KEY),
    target,
    open: (path, options = {}) => openPage(openInProfile, url, path, options),
    request: async (method, path, body) => {
      const response = await fetch(`${url}${path}`, {
        method,
        headers: { authorization: `Bearer ${OPERATOR_KEY}`, "content-type": "application/json" },
        ...(body ? { body: JSON.stringify(body) } : {}),
      });
      return (await response.json()) as Record<string, unknown>;
    },
    close: async () => {
      await browser.close();
      await target.close();
    },
  };
}

const complaints = new WeakMap<Page, string[]>();

/** Everything the browser found wrong with a page: errors, refused content, requests to somebody else. */
export function complaintsOf(page: Page): readonly string[] {
  return complaints.get(page) ?? [];
}

async function openPage(
  openInProfile: OpenInProfile,
  url: string,
  path: string,
  { key = OPERATOR_KEY, isFirstVisit, ...options }: OpenOptions,
): Promise<Page> {
  const page = await openInProfile(options, isFirstVisit);
  page.setDefaultTimeout(LONGEST_WAIT_MS);
  const heard: string[] = [];
  complaints.set(page, heard);
  page.on("pageerror", (error) => heard.push(`error: ${error.message}`));
  page.on("console", (message) => {
    // A refused call is part of some tests and shows on the screen; the browser notes it all the same.
    const isRefusedCall = message.text().startsWith("Failed to load resource");
    if (message.type() === "error" && !isRefusedCall) heard.push(`console: ${message.text()}`);
  });
  page.on("request", (request) => {
    if (!request.url().startsWith(url)) heard.push(`request: ${request.url()}`);
  });
  if (key !== null) {
    await page.addInitScript(([name, value]) => sessionStorage.setItem(name, value), [
      SESSION_KEY,
      key,
    ] as const);
  }
  await page.goto(`${url}${path}`);
  return page;
}

/** Looks something up as the keyboard does it, once there is somebody to hear the key. */
export async function lookUp(page: Page, text: string): Promise<void> {
  await page.getByLabel("Look up").waitFor();
  await page.keyboard.press("/");
  await page.keyboard.type(text);
  await page.keyboard.press("Enter");
}
