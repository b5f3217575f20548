/**
 * The child process that evaluates one stage: SST's own `run()` and components under Pulumi's mock runtime.
 * Whatever the mocks do not know throws, so that a new question to AWS cannot be answered by accident.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { ProgramInput } from "./evaluate.ts";
import type { Build, Resource } from "./graph.ts";
import { ACCOUNT, answerInvoke, outputsOf, REGION } from "./mock-aws.ts";

interface MockResource {
  readonly type: string;
  readonly name: string;
  readonly inputs: Record<string, unknown>;
  readonly id?: string;
}

/** The parts of the bundle that are used here; the bundle itself is made by evaluate.ts. */
interface Program {
  readonly config: { run(): Promise<Record<string, unknown>> };
  run(program: () => Promise<Record<string, unknown>>): Promise<Record<string, unknown>>;
  output(value: unknown): { apply(use: (value: unknown) => void): void };
  readonly MockMonitor: {
    readonly prototype: {
      newUrn(parent: string, type: string, name: string): string;
      registerResourceOutputs(request: OutputsRequest, callback: (error: null, answer: object) => void): void;
    };
  };
  readonly runtime: {
    setMocks(mocks: object, project: string, stack: string, preview: boolean): Promise<void>;
    setConfig(key: string, value: string): void;
    runInPulumiStack(program: () => Promise<unknown>): Promise<unknown>;
    registerStackTransformation(transform: (args: Transformation) => undefined): void;
  };
}

interface OutputsRequest {
  getUrn(): string;
  getOutputs(): { toJavaScript(): Record<string, unknown> } | undefined;
}

interface Transformation {
  readonly type: string;
  readonly name: string;
  readonly opts: { readonly retainOnDelete?: boolean };
}

const input = JSON.parse(process.argv[2] ?? "") as ProgramInput;

const resources: Resource[] = [];
const builds: Build[] = [];
const registered: Record<string, Record<string, unknown>> = {};
const retained = new Set<string>();
let outputs: Record<string, unknown> = {};

/** Where the bundle of a function would be, as good as empty: real ones are tested on their own. */
function artefactOf({ functionID }: Build): string {
  const folder = join(input.work, functionID);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "bundle.mjs"), "");
  const map = { version: 3, sources: ["api.ts"], sourcesContent: ["export {}"], names: [], mappings: "" };
  writeFileSync(join(folder, "bundle.mjs.map"), JSON.stringify(map));
  return folder;
}

function sourceMapOf({ functionID }: Build): unknown {
  return JSON.parse(readFileSync(join(input.work, functionID, "bundle.mjs.map"), "utf8"));
}

/** The server of SST's command line, as far as components ask it. */
const server = createServer((request, response) => {
  let body = "";
  request.on("data", (chunk) => {
    body += chunk;
  });
  request.on("end", () => {
    const { method, params } = JSON.parse(body) as { method: string; params: unknown[] };
    try {
      response.end(JSON.stringify({ result: answerCall(method, params[0]) }));
    } catch (error) {
      response.end(JSON.stringify({ error: String(error) }));
    }
  });
});

function answerCall(method: string, argument: unknown): unknown {
  switch (method) {
    case "Provider.Aws.Bootstrap":
      return {
        asset: "sst-asset-test",
        state: "sst-state-test",
        assetEcrRegistryId: ACCOUNT,
        assetEcrUrl: "",
      };
    case "Provider.Aws.Appsync":
      return { http: "events.test/event", realtime: "events.test/realtime" };
    case "Runtime.Build":
    case "Runtime.AddTarget": {
      const build = argument as Build;
      builds.push(build);
      return { handler: "bundle.handler", out: artefactOf(build), errors: [], sourcemaps: [] };
    }
    default:
      throw new Error(`unexpected call ${method}`);
  }
}

await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
server.unref();
process.env.SST_SERVER = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
process.env.SST_AWS_REGION = REGION;

Object.assign(globalThis, {
  $app: { ...input.app, stage: input.stage, providers: { aws: {} } },
  $dev: input.dev,
  $cli: {
    command: input.dev ? "dev" : "deploy",
    rpc: "",
    state: { version: {} },
    paths: { home: input.work, root: input.root, work: input.work, platform: join(input.bundle, "..") },
  },
});

const program = (await import(input.bundle)) as Program;
const { runtime, MockMonitor } = program;

const ROOT_TYPE = "pulumi:pulumi:Stack";
const plainUrn = MockMonitor.prototype.newUrn;
/** The engine leaves the root out of a resource's type; the mocks do not, and SST reads types from URNs. */
MockMonitor.prototype.newUrn = function newUrn(parent, type, name) {
  return plainUrn.call(this, parent, type, name).replace(`${ROOT_TYPE}$`, "");
};
const registerOutputs = MockMonitor.prototype.registerResourceOutputs;
MockMonitor.prototype.registerResourceOutputs = function registerResourceOutputs(request, callback) {
  registered[request.getUrn().split("::").at(-1) ?? ""] = plain(request.getOutputs()?.toJavaScript() ?? {});
  registerOutputs.call(this, request, callback);
};

await runtime.setMocks(
  {
    newResource({ type, name, inputs, id }: MockResource) {
      // An empty id means that the resource is not imported.
      const identity = id || `${name}-id`;
      if (type !== ROOT_TYPE)
        resources.push({ type, name, id: identity, inputs: plain(inputs), retainOnDelete: false });
      return { id: identity, state: { ...inputs, ...outputsOf(type, name, inputs) } };
    },
    call({ token, inputs }: { token: string; inputs: Record<string, unknown> }) {
      return answerInvoke(token, inputs);
    },
  },
  input.app.name,
  input.stage,
  false,
);
runtime.setConfig("aws:region", REGION);

process.on("beforeExit", () => {
  const graph = {
    resources: resources.map((resource) => ({
      ...resource,
      retainOnDelete: retained.has(`${resource.type} ${resource.name}`),
    })),
    builds,
    sourceMaps: Object.fromEntries(builds.map((build) => [build.functionID, sourceMapOf(build)])),
    outputs,
    registered,
  };
  writeFileSync(input.output, JSON.stringify(graph));
});
process.on("unhandledRejection", (error) => {
  process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
  process.exit(1);
});

await runtime.runInPulumiStack(async () => {
  const result = await program.run(() => {
    runtime.registerStackTransformation(({ type, name, opts }) => {
      if (opts.retainOnDelete) retained.add(`${type} ${name}`);
      return undefined;
    });
    return program.config.run();
  });
  program.output(result).apply((value) => {
    outputs = plain(value as Record<string, unknown>);
  });
});

/** Unwraps Pulumi's secrets and leaves out functions, which dynamic providers carry as source text. */
function plain(value: Record<string, unknown>): Record<string, unknown> {
  const SECRET = "4dabf18193072939515e22adb298388d";
  return JSON.parse(
    JSON.stringify(value, (key, item: unknown) => {
      if (key === "__provider") return undefined;
      if (item !== null && typeof item === "object" && SECRET in item && "value" in item) return item.value;
      return item;
    }),
  );
}
