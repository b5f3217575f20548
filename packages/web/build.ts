/** Builds the dashboard: `node build.ts`, and what the local stack calls before it serves the files. */
import { execFile } from "node:child_process";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const ROOT = import.meta.dirname;
const SOURCES = ["src", "public", "index.html", "vite.config.ts", "package.json"];

/** Where the build goes unless told otherwise. */
export const WEB_DIST = join(ROOT, "dist");

/**
 * Builds into `outDir` (about a second), replacing what is there. In a process of its own: a stack does not
 * carry Vite along, and whatever NODE_ENV is here, the build is one for production.
 *
 * @throws Error whose message says what is wrong.
 */
export async function buildWeb(outDir: string = WEB_DIST): Promise<void> {
  await promisify(execFile)(process.execPath, [import.meta.filename, outDir]);
}

/** True if there is no build in `outDir`, or one older than a source. */
export async function isStale(outDir: string = WEB_DIST): Promise<boolean> {
  const built = await stat(join(outDir, "index.html")).catch(() => undefined);
  if (!built) return true;
  const times = await Promise.all(SOURCES.map((source) => newestChange(join(ROOT, source))));
  return Math.max(...times) > built.mtimeMs;
}

/**
 * The folder of the built dashboard; builds it first (about a second) if it is missing or out of date.
 * Undefined, after saying why, if it cannot be built: nobody should lose the API over a style sheet.
 */
export async function dashboardDirectory(): Promise<string | undefined> {
  try {
    if (await isStale()) await buildWeb();
    return WEB_DIST;
  } catch (error) {
    const reason = error instanceof Error ? error.message.split("\n")[0] : String(error);
    process.stderr.write(`The dashboard could not be built, everything else runs: ${reason}\n`);
    return undefined;
  }
}

async function newestChange(path: string): Promise<number> {
  const { mtimeMs, isDirectory } = await stat(path).then((s) => ({
    mtimeMs: s.mtimeMs,
    isDirectory: s.isDirectory(),
  }));
  if (!isDirectory) return mtimeMs;
  const names = await readdir(path);
  const times = await Promise.all(names.map((name) => newestChange(join(path, name))));
  return Math.max(mtimeMs, ...times);
}

if (import.meta.main) {
  process.env.NODE_ENV = "production";
  const { build } = await import("vite");
  await build({
    root: ROOT,
    configFile: join(ROOT, "vite.config.ts"),
    logLevel: "warn",
    build: { outDir: process.argv[2] ?? WEB_DIST },
  });
}
