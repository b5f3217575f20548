/** Builds what is published: the command line as one module that needs no other. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";

const DIST = join(import.meta.dirname, "dist");

rmSync(DIST, { recursive: true, force: true });
await build({
  entryPoints: [join(import.meta.dirname, "src/cli.ts")],
  outdir: DIST,
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20",
  sourcemap: true,
  logLevel: "warning",
});
