/** Evaluates the whole program for one stage, without AWS, network or Pulumi's engine. */
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { PAGES } from "../../packages/functions/src/api/docs/pages.ts";
import type { App, Evaluation, Graph } from "./graph.ts";
import { PLATFORM, ROOT } from "./platform.ts";

export interface StageToEvaluate {
  readonly stage: string;
  readonly dev: boolean;
  readonly env: Readonly<Record<string, string>>;
}

export interface ProgramInput {
  readonly bundle: string;
  readonly app: App;
  readonly stage: string;
  readonly dev: boolean;
  /** Stands for the repository: SST writes into the dashboard's folder, which belongs to its developers. */
  readonly root: string;
  readonly work: string;
  readonly output: string;
}

const run = promisify(execFile);
const PROGRAM = fileURLToPath(new URL("./program.ts", import.meta.url));
const EVALUATION_TIMEOUT_MS = 120_000;

/** Both stand for `sst secret set`. */
export const SECRETS = {
  HomingOperatorKey: "operator-key-of-the-infrastructure-tests",
  HomingSigningMaster: "signing-master-of-the-infrastructure-tests",
};

/**
 * Bundles sst.config.ts and infra/ together with SST's components. The file lies inside the platform, so that
 * `@pulumi/*` is one instance.
 */
export async function bundleProgram(): Promise<string> {
  const outfile = join(PLATFORM, `homing-program-${process.pid}.mjs`);
  await build({
    stdin: {
      contents: [
        `export { runtime, output } from "@pulumi/pulumi";`,
        `export { MockMonitor } from "@pulumi/pulumi/runtime/mocks.js";`,
        `export { run } from "./src/auto/run.ts";`,
        `export { default as config } from "../../sst.config.ts";`,
      ].join("\n"),
      resolveDir: PLATFORM,
      loader: "ts",
    },
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node24",
    // Every package is taken from the platform's own node_modules when the program runs.
    packages: "external",
    inject: [join(PLATFORM, "src", "shim", "run.js")],
    keepNames: true,
    plugins: [
      {
        name: "provider-globals",
        setup({ onLoad }) {
          onLoad({ filter: /\.ts$/ }, async ({ path }) => {
            if (path.startsWith(PLATFORM)) return undefined;
            const source = await readFile(path, "utf8");
            const globals = `import * as aws from "@pulumi/aws"; import * as sst from ${JSON.stringify(join(PLATFORM, "src", "components"))};`;
            return { contents: `${globals}\n${source}`, loader: "ts" };
          });
        },
      },
    ],
    logLevel: "error",
  });
  return outfile;
}

/** The answer of `app()` alone, bundled as SST does before it knows anything else; and no import at the top. */
export async function evaluateApp(stage: string, env: Readonly<Record<string, string>>): Promise<App> {
  const { outputFiles, metafile } = await build({
    entryPoints: [join(ROOT, "sst.config.ts")],
    bundle: true,
    write: false,
    metafile: true,
    platform: "node",
    format: "esm",
    banner: { js: "function $config(input) { return input }" },
    logLevel: "error",
  });
  const imports = metafile.inputs["sst.config.ts"]?.imports ?? [];
  if (imports.some(({ kind }) => kind !== "dynamic-import")) {
    throw new Error("sst.config.ts has imports at its top, which SST refuses.");
  }
  const [file] = outputFiles;
  const folder = await mkdtemp(join(tmpdir(), "homing-app-"));
  const path = join(folder, "app.mjs");
  try {
    await writeFile(path, `${file?.text}`);
    const script = `const { default: config } = await import(${JSON.stringify(path)}); console.log(JSON.stringify(await config.app(${JSON.stringify({ stage })})));`;
    const { stdout } = await run(process.execPath, ["--input-type=module", "-e", script], {
      env: environment(env),
    });
    return JSON.parse(stdout) as App;
  } finally {
    await rm(folder, { recursive: true });
  }
}

export async function evaluate(
  bundle: string,
  { stage, dev, env }: StageToEvaluate,
): Promise<Evaluation & { readonly elapsedMs: number }> {
  const started = performance.now();
  const app = await evaluateApp(stage, env);
  const folder = await mkdtemp(join(tmpdir(), "homing-infra-"));
  try {
    const input: ProgramInput = {
      bundle,
      app,
      stage,
      dev,
      root: join(folder, "root"),
      work: join(folder, "work"),
      output: join(folder, "graph.json"),
    };
    const dashboard = join(input.root, "packages", "web", "dist");
    await mkdir(join(dashboard, "assets"), { recursive: true });
    for (const file of ["index.html", "theme.js", "assets/index-BPgc-new.js"]) {
      await writeFile(join(dashboard, file), "");
    }
    for (const file of PAGES.map((page) => join(input.root, page.file))) {
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, "");
    }
    await mkdir(input.work, { recursive: true });
    await run(process.execPath, [PROGRAM, JSON.stringify(input)], {
      env: environment(env),
      timeout: EVALUATION_TIMEOUT_MS,
    }).catch((error: { stderr?: string }) => {
      throw new Error(`Stage ${stage} cannot be evaluated: ${error.stderr?.slice(-4_000)}`);
    });
    const graph = JSON.parse(await readFile(input.output, "utf8")) as Graph;
    return { app, graph, elapsedMs: Math.round(performance.now() - started) };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Nothing of the developer's own AWS set-up gets in. */
function environment(env: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const secrets = Object.entries(SECRETS).map(([name, value]) => [`SST_SECRET_${name}`, value]);
  return { PATH: process.env.PATH, HOME: process.env.HOME, ...Object.fromEntries(secrets), ...env };
}
