/** A server that others can connect to, on a machine of its own, asked from another one. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  connectTwoMachines,
  SERVER_ADDRESSES,
  type TwoMachines,
  whyNoMachines,
} from "./network/two-machines.ts";
import { KEY, type ServeProcess, startServe } from "./serve-process.ts";

const PUBLIC_URL = "https://homing.example.com";
const OWN = "homing.example.com";
const FOREIGN = "rebound.example";
const [SERVER_V4 = "", SERVER_V6 = ""] = SERVER_ADDRESSES;

const leftOut = whyNoMachines();

let machines: TwoMachines;
beforeAll(async () => {
  if (leftOut === undefined) machines = await connectTwoMachines();
});
afterAll(() => machines?.close());

describe.skipIf(leftOut !== undefined).each([
  ["0.0.0.0", [SERVER_V4]],
  ["::", [SERVER_V4, SERVER_V6]],
  [`[${SERVER_V6}]`, [SERVER_V6]],
])(
  `a server that listens on %s${leftOut === undefined ? "" : `: left out, ${leftOut}`}`,
  (listen, addresses) => {
    let folder: string;
    let serve: ServeProcess;
    let port: number;
    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), "homing-network-"));
      serve = await startServe(
        {
          HOMING_DATA_DIR: join(folder, "data"),
          HOMING_LISTEN: listen,
          HOMING_PUBLIC_URL: PUBLIC_URL,
          HOMING_METRICS_PORT: "0",
        },
        machines.onServer,
      );
      port = Number(new URL(serve.url).port);
    });
    afterAll(async () => {
      await serve?.kill("SIGKILL");
      rmSync(folder, { recursive: true, force: true });
    });

    /** What each of the addresses answers to this. */
    const ask = (line: string, headers: readonly string[] = [], body = "") =>
      Promise.all(
        addresses.map((address) =>
          machines.ask({
            address,
            port,
            text: [line, ...headers, "connection: close", "", body].join("\r\n"),
          }),
        ),
      );
    const statuses = async (...question: Parameters<typeof ask>) =>
      (await ask(...question)).map((answer) => /^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? answer);
    const all = (status: number) => addresses.map(() => String(status));
    const pathsOf = { api: "/v1/health", dashboard: "/", "a page of it": "/messages", docs: "/docs" };
    const get = (path: string) => `GET ${path} HTTP/1.1`;

    it.each(Object.entries(pathsOf))(
      "answers the host that it is called by, and no other: %s",
      async (_what, path) => {
        for (const host of [OWN, "HOMING.example.com", `${OWN}:443`])
          expect(await statuses(get(path), [`host: ${host}`])).toEqual(all(200));
        const refused = [
          FOREIGN,
          `${OWN}.${FOREIGN}`,
          `${OWN}:${port}`,
          // Its addresses, and loopback's names: a page that was made to resolve to one of them sends them.
          ...addresses.map((address) =>
            address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`,
          ),
          `127.0.0.1:${port}`,
          `localhost:${port}`,
          "",
        ];
        for (const host of refused) expect(await statuses(get(path), [`host: ${host}`])).toEqual(all(403));
      },
    );

    it.each(Object.entries(pathsOf))("answers nobody who names no host: %s", async (_what, path) => {
      // RFC 9112, section 3.2: of HTTP/1.1 that is an error of its own.
      expect(await statuses(get(path))).toEqual(all(400));
      expect(await statuses(`GET ${path} HTTP/1.0`)).toEqual(all(403));
    });

    it("believes nothing that a proxy says of the host", async () => {
      const said = (host: string) => [
        `x-forwarded-host: ${host}`,
        `forwarded: for=198.51.100.1;host=${host};proto=http`,
        "x-forwarded-proto: http",
        "x-forwarded-port: 80",
        "x-forwarded-for: 127.0.0.1",
        "x-real-ip: 127.0.0.1",
      ];
      expect(await statuses(get("/v1/health"), [`host: ${FOREIGN}`, ...said(OWN)])).toEqual(all(403));
      const body = JSON.stringify({ senderId: "acme" });
      const link = await ask(
        "POST /v1/portal HTTP/1.1",
        [
          `host: ${OWN}`,
          ...said(FOREIGN),
          `authorization: Bearer ${KEY}`,
          "content-type: application/json",
          `content-length: ${body.length}`,
        ],
        body,
      );
      for (const answer of link) expect(answer).toContain(`"url":"${PUBLIC_URL}/portal#key=`);
      // Who comes from loopback, as it says, needs a key all the same.
      expect(await statuses(get("/v1/messages"), [`host: ${OWN}`, ...said(OWN)])).toEqual(all(401));
    });

    it("shows its metrics to its own machine alone", async () => {
      const metricsPort = Number(new URL(serve.metricsUrl ?? "").port);
      for (const address of SERVER_ADDRESSES)
        expect(
          await machines.ask({
            address,
            port: metricsPort,
            text: `GET /metrics HTTP/1.1\r\nhost: ${OWN}\r\n\r\n`,
          }),
        ).toBe("ECONNREFUSED");
    });
  },
);
