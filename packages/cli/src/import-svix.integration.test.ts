import { HomingClient } from "@homing/client/source/homing-client";
import { createMemoryApi, OPERATOR_KEY } from "@homing/functions/testing/memory-api";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Command } from "./command.ts";
import { IMPORT } from "./import-svix.ts";
import { run } from "./main.ts";
import type { Terminal } from "./terminal.ts";
import {
  type StubApplication,
  type StubEndpoint,
  type SvixStub,
  startSvixStub,
} from "./testing/svix-stub.ts";

const TOKEN = "testsk_secret-of-the-tests.eu";
/** 24 bytes. */
const SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

const application = (number: number, over: Partial<StubApplication> = {}): StubApplication => ({
  id: `app_${String(number).padStart(27, "0")}`,
  name: `Customer ${number}`,
  endpoints: [],
  ...over,
});

const endpoint = (number: number, over: Partial<StubEndpoint> = {}): StubEndpoint => ({
  id: `ep_${String(number).padStart(27, "0")}`,
  url: `https://customer.example/hook/${number}`,
  description: "",
  metadata: {},
  secret: SECRET,
  ...over,
});

let api: ReturnType<typeof createMemoryApi>;
let svix: SvixStub | undefined;
let waited: number[];
beforeEach(() => {
  api = createMemoryApi();
  waited = [];
});
afterEach(async () => {
  await svix?.close();
  svix = undefined;
});

async function importing(
  applications: readonly StubApplication[],
  args: readonly string[] = [],
  { token = TOKEN, key = OPERATOR_KEY, stdin = "" } = {},
) {
  svix ??= await startSvixStub(TOKEN, applications);
  const client = new HomingClient({
    url: "http://homing.test",
    key,
    retries: 0,
    fetch: async (input, init) => api.app.fetch(new Request(input, init)),
  });
  const lines: string[] = [];
  const notes: string[] = [];
  const terminal: Terminal = {
    env: { SVIX_TOKEN: token },
    out: (line) => lines.push(line),
    err: (line) => notes.push(line),
    stdin: async () => Buffer.from(stdin),
    signal: new AbortController().signal,
    wait: async (ms) => void waited.push(ms),
    now: () => Date.now(),
    ask: undefined,
    browse: undefined,
    isInteractive: false,
  };
  const withClient = Object.fromEntries(
    Object.entries(IMPORT.commands as Record<string, Command>).map(([name, one]) => [
      name,
      { ...one, run: (rest: readonly string[]) => one.run(rest, () => client, terminal) },
    ]),
  );
  const all = ["svix", "--json", "--svix-url", `${svix.url}/`, ...args];
  const code = await run({ ...IMPORT, commands: withClient }, all, terminal);
  return { code, told: lines.map((line) => JSON.parse(line)), notes, all: [...lines, ...notes].join("\n") };
}

const endpoints = async (senderId: string) =>
  (await api.call("GET", `/v1/endpoints?senderId=${senderId}`)).body.items;

describe("homing import svix", () => {
  it("makes of applications senders, and of endpoints endpoints, with all that they are made of", async () => {
    const full = endpoint(1, {
      uid: "billing",
      description: "billing, production",
      eventTypes: ["invoice.paid", "invoice.sent"],
      channels: ["project_7"],
      metadata: { team: "billing" },
      headers: { headers: { "X-Shop": "7" }, sensitive: [] },
    });
    const { code, told, notes } = await importing([
      application(1, { uid: "cus_42", endpoints: [full, endpoint(2, { disabled: true })] }),
    ]);
    expect(code).toBe(0);
    expect(told.map(({ outcome }) => outcome)).toEqual(["created", "created"]);
    expect(notes).toEqual(["2 created."]);
    const [second, first] = (await endpoints("cus_42")).sort((a: { url: string }, b: { url: string }) =>
      b.url.localeCompare(a.url),
    );
    expect(first).toMatchObject({
      url: "https://customer.example/hook/1",
      description: "billing, production",
      eventTypes: ["invoice.paid", "invoice.sent"],
      channels: ["project_7"],
      headers: { "X-Shop": "7" },
      metadata: { team: "billing", svixId: full.id, svixUid: "billing" },
      svixHeaders: true,
      state: "ACTIVE",
      secret: { imported: true },
    });
    expect(second).toMatchObject({ url: "https://customer.example/hook/2", state: "DISABLED" });
    const { body } = await api.call("GET", `/v1/endpoints/${first.endpointId}/secret`);
    expect(body.secret).toBe(SECRET);
  });

  it("reads types and limits by the names that older servers of Svix have for them, too", async () => {
    const { eventTypes: _, ...old } = endpoint(1);
    const { code } = await importing([
      application(1, {
        uid: "cus_42",
        endpoints: [{ ...old, filterTypes: ["invoice.paid"], rateLimit: 7 }],
      }),
    ]);
    expect(code).toBe(0);
    const [imported] = await endpoints("cus_42");
    expect(imported.eventTypes).toEqual(["invoice.paid"]);
    expect(imported.rateLimit).toEqual({ count: 7, period: "1s" });
  });

  it("reads every page, and of an application without a uid takes the id", async () => {
    const apps = [1, 2, 3, 4, 5].map((number) =>
      application(number, { endpoints: [1, 2, 3].map((index) => endpoint(number * 10 + index)) }),
    );
    const { told } = await importing(apps);
    expect(told).toHaveLength(15);
    for (const { id } of apps) expect(await endpoints(id)).toHaveLength(3);
  });

  it("can be repeated, and goes on where it was stopped", async () => {
    const apps = [application(1, { uid: "cus_1", endpoints: [endpoint(1), endpoint(2), endpoint(3)] })];
    svix = await startSvixStub(TOKEN, apps);
    // One page of applications, one of endpoints, three of the first endpoint.
    svix.downAfter = 5;
    const first = await importing(apps);
    expect(first.code).toBe(3);
    expect(first.told.map(({ outcome }) => outcome)).toEqual(["created"]);
    expect(first.notes.at(-1)).toContain("repeat the command to go on");
    svix.downAfter = Number.POSITIVE_INFINITY;
    const second = await importing(apps);
    expect(second.told.map(({ outcome }) => outcome)).toEqual(["there already", "created", "created"]);
    const third = await importing(apps);
    expect(third.told.map(({ outcome }) => outcome)).toEqual(Array(3).fill("there already"));
    expect(await endpoints("cus_1")).toHaveLength(3);
  });

  it("leaves alone what has become another one there since, and says so", async () => {
    const before = [application(1, { uid: "cus_1", endpoints: [endpoint(1)] })];
    await importing(before);
    await svix?.close();
    svix = undefined;
    const { code, told } = await importing([
      application(1, { uid: "cus_1", endpoints: [endpoint(1, { url: "https://customer.example/moved" })] }),
    ]);
    expect([code, told[0].outcome]).toEqual([1, "differs"]);
    expect((await endpoints("cus_1"))[0].url).toBe("https://customer.example/hook/1");
  });

  it("creates nothing in a dry run, and says what it would", async () => {
    const apps = [
      application(1, { uid: "cus_1", throttleRate: 9, endpoints: [endpoint(1, { throttleRate: 5 })] }),
    ];
    const { code, told } = await importing(apps, ["--dry-run"]);
    expect([code, told]).toMatchObject([
      0,
      [
        {
          outcome: "would be created",
          senderId: "cus_1",
          notes: ["The limit of 9 a second of the application is left out."],
        },
      ],
    ]);
    expect(await endpoints("cus_1")).toEqual([]);
    await importing(apps);
    expect((await endpoints("cus_1"))[0].rateLimit).toEqual({ count: 5, period: "1s" });
    expect((await importing(apps, ["--dry-run"])).told[0].outcome).toBe("there already");
  });

  it("imports one application alone, paused", async () => {
    const apps = [1, 2].map((number) =>
      application(number, { uid: `cus_${number}`, endpoints: [endpoint(number)] }),
    );
    await importing(apps, ["--app", "cus_2", "--state", "paused", "--without-svix-headers"]);
    expect(await endpoints("cus_1")).toEqual([]);
    expect(await endpoints("cus_2")).toMatchObject([{ state: "PAUSED", svixHeaders: false }]);
  });

  it("goes on behind what Homing refuses, and ends with 1", async () => {
    const apps = [
      application(1, {
        uid: "cus_1",
        endpoints: [
          endpoint(1, { url: "ftp://customer.example/" }),
          endpoint(2, { secret: "whsk_abcd" }),
          endpoint(3),
        ],
      }),
    ];
    const { code, told, notes } = await importing(apps);
    expect(told.map(({ outcome }) => outcome)).toEqual(["not imported", "not imported", "created"]);
    expect(told[0].notes).toEqual([
      expect.stringMatching(/^The request is not valid: url: (?!.*url)[^;]*[^.]\.$/),
    ]);
    expect([code, notes.at(-1)]).toEqual([1, "2 not imported, 1 created."]);
  });

  it("waits as long as Svix asks for", async () => {
    const apps = [application(1, { uid: "cus_1", endpoints: [endpoint(1)] })];
    svix = await startSvixStub(TOKEN, apps);
    svix.next.push([429, { "retry-after": "7" }], [503]);
    const { code, notes } = await importing(apps);
    expect([code, waited]).toEqual([0, [7_000, 1_000]]);
    expect(notes[0]).toBe("Svix answered 429 to GET /api/v1/app (said planned). Trying again in 7 s.");
  });

  it.each([
    [401, 1, 1],
    [403, 1, 1],
    [429, 3, 6],
    [500, 3, 6],
  ])("ends when Svix answers %i, with %i, after %i tries", async (status, code, tries) => {
    svix = await startSvixStub(TOKEN, []);
    svix.next.push(...Array.from({ length: tries }, () => [status] as const));
    const ended = await importing([]);
    expect([ended.code, svix.asked.length]).toEqual([code, tries]);
  });

  it("never shows the token", async () => {
    const ended = [
      await importing([], [], { token: "testsk_of-somebody-else.eu" }),
      await importing([], [], { token: "testsk_with a break.eu" }),
      await importing([], ["--token-stdin"], { token: "", stdin: `${TOKEN}\n` }),
    ];
    expect(ended.map(({ code }) => code)).toEqual([1, 2, 0]);
    for (const { all } of ended) expect(all).not.toMatch(/testsk/);
  });

  it("needs to know where Svix is: by the token's region or an option", async () => {
    const { code, notes } = await importing([], ["--svix-url", "nowhere"]);
    expect([code, notes[0]]).toEqual([2, expect.stringContaining("--svix-url")]);
  });

  it("stops where the key may not create endpoints", async () => {
    const key = await api.createKey("*", ["read"]);
    const { code, all } = await importing([application(1, { endpoints: [endpoint(1)] })], [], { key });
    expect([code, all]).toEqual([1, expect.stringContaining("endpoints")]);
  });
});
