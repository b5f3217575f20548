/** Builds the dashboard: `node build.ts`, and what the local stack calls before it serves the files. */
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";

const ROOT = import.meta.dirname;
const SOURCES = ["src", "public", "index.html", "vite.config.ts", "package.json"];

/** Where the build goes unless told otherwise. */
export const WEB_DIST = join(ROOT, "dist");

/** Builds into `outDir` (about a second), replacing what is there. */
export async function buildWeb(outDir: string = WEB_DIST): Promise<void> {
  // Loaded only when needed: a stack whose dashboard is up to date starts without Vite.
  const { build } = await import("vite");
  await build({
    root: ROOT,
    configFile: join(ROOT, "vite.config.ts"),
    logLevel: "warn",
    build: { outDir },
  });
}

/** True if there is no build in `outDir`, or one older than a source. */
export async function isStale(outDir: string = WEB_DIST): Promise<boolean> {
  const built = await stat(join(outDir, "index.html")).catch(() => undefined);
  if (!built) return true;
  const times = await Promise.all(SOURCES.map((source) => newestChange(join(ROOT, source))));
  return Math.max(...times) > built.mtimeMs;
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

if (import.meta.main) await buildWeb();
