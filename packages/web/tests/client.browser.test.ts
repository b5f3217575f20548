/** `@homing/client`, packed and installed, in a page and in a web worker, at the API's own origin and at another. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { bundleExercise } from "@homing/client/source/testing/bundle-exercise";
import { EXPECTED, EXPECTED_OF_RECEIVER } from "@homing/client/source/testing/exercise";
import { type Installed, install } from "@homing/client/source/testing/installed";
import { type Installation, KEY, startInstallation } from "@homing/local/testing/installation";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { launchBrowser } from "./launch.ts";

const CLIENT = join(import.meta.dirname, "../../client");

let installed: Installed;
let homing: Installation;
let browser: Browser;
/** Serves the package; what is asked of the API it passes on to it. */
let origin: { readonly url: string; close(): Promise<unknown> };
beforeAll(async () => {
  const found = inject("browser");
  if ("problem" in found) throw new Error(found.problem);
  installed = await install(CLIENT);
  homing = await startInstallation();
  origin = await serve(await bundleExercise(installed.folder), homing.url);
  browser = await launchBrowser(found.path);
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await origin?.close();
  await homing?.stop();
  await installed?.remove();
});

const PAGE = `<!doctype html><title>A page</title>
<script type="module">import * as tried from "/exercise.js"; Object.assign(window, { tried });</script>`;
const WORKER = `import { exercise } from "/exercise.js";
onmessage = async ({ data }) => postMessage(await exercise(data));`;

async function serve(exercise: string, api: string) {
  const files: Readonly<Record<string, readonly [type: string, text: string]>> = {
    "/": ["text/html", PAGE],
    "/exercise.js": ["text/javascript", exercise],
    "/worker.js": ["text/javascript", WORKER],
  };
  const server = createServer(async (request, response) => {
    const { url = "/", method = "GET", headers } = request;
    const [type, text] = files[url] ?? [];
    if (type !== undefined) return response.setHeader("content-type", type).end(text);
    const chunks: Uint8Array[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { authorization = "", "content-type": contentType = "", "idempotency-key": key } = headers;
    const answer = await fetch(`${api}${url}`, {
      method,
      headers: {
        authorization,
        "content-type": contentType,
        ...(typeof key === "string" ? { "idempotency-key": key } : {}),
      },
      ...(method === "GET" ? {} : { body: Buffer.concat(chunks) }),
    });
    response.writeHead(answer.status, { "content-type": answer.headers.get("content-type") ?? "" });
    return response.end(await answer.text());
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((closed) => {
        server.close(closed);
        server.closeAllConnections();
      }),
  };
}

/** A page with the package. */
interface Trying {
  readonly tried: typeof import("@homing/client/source/testing/exercise");
}

async function opened(): Promise<Page> {
  const page = await browser.newPage();
  await page.goto(origin.url);
  return page;
}

const surroundings = () => ({ url: origin.url, key: KEY, target: `${homing.url}/v1/health` });

it("sends, reads, is refused and verifies in a page", async () => {
  const page = await opened();
  const said = await page.evaluate(
    (given) => (window as unknown as Trying).tried.exercise(given),
    surroundings(),
  );
  expect(said).toEqual(EXPECTED);
});

it("and in a web worker", async () => {
  const page = await opened();
  const said = await page.evaluate(
    (given) =>
      new Promise((resolve, reject) => {
        const worker = new Worker("/worker.js", { type: "module" });
        worker.onmessage = ({ data }) => resolve(data);
        worker.onerror = ({ message }) => reject(new Error(message));
        worker.postMessage(given);
      }),
    surroundings(),
  );
  expect(said).toEqual(EXPECTED);
});

it("verifies anywhere, and reaches no API at another origin: keys are for servers", async () => {
  const page = await opened();
  const said = await page.evaluate(
    async (given) => {
      const { exercise, receive } = (window as unknown as Trying).tried;
      const refused = await exercise(given).then(
        () => undefined,
        ({ name, status, retryable }: { name: string; status?: number; retryable: boolean }) => ({
          name,
          status,
          retryable,
        }),
      );
      return { refused, received: await receive() };
    },
    { ...surroundings(), url: homing.url },
  );
  expect(said.received).toEqual(EXPECTED_OF_RECEIVER);
  expect(said.refused).toMatchObject({ name: "HomingError", retryable: true });
});
