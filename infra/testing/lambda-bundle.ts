/**
 * Bundles a function as SST 4.17 does (pkg/runtime/node/build.go and pkg/runtime/runtime.go of its sources),
 * from the very request that SST would send to its command line, and takes the sources out of its map as ours do.
 */
import { createCipheriv } from "node:crypto";
import { existsSync } from "node:fs";
import { copyFile, mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { build } from "esbuild";
import { dropSources } from "../source-maps.ts";
import type { Build } from "./graph.ts";
import { ROOT } from "./platform.ts";

export interface LambdaBundle {
  /** What Lambda would unpack: `bundle.mjs`, its source map and the encrypted links. */
  readonly folder: string;
  readonly bytes: number;
  readonly gzippedBytes: number;
  readonly sourceMapBytes: number;
  readonly buildMs: number;
}

type Links = Build["links"];

const TARGETS: Readonly<Record<string, string>> = { "nodejs24.x": "es2024" };
const BANNER = [
  `import { createRequire as topLevelCreateRequire } from 'module';`,
  `const require = topLevelCreateRequire(import.meta.url);`,
  `import { fileURLToPath as topLevelFileUrlToPath, URL as topLevelURL } from "url"`,
  `const __filename = topLevelFileUrlToPath(import.meta.url)`,
  `const __dirname = topLevelFileUrlToPath(new topLevelURL(".", import.meta.url))`,
].join("\n");

/** @param links in place of the request's, for servers other than AWS. */
export async function bundleLambda(
  request: Build,
  folder: string,
  links: Links = request.links,
): Promise<LambdaBundle> {
  const target = TARGETS[request.runtime];
  if (target === undefined) throw new Error(`SST's target for ${request.runtime} is not known here.`);
  const { esbuild } = request.properties as { esbuild?: { external?: string[] } };
  const started = performance.now();
  await mkdir(folder, { recursive: true });
  const outfile = join(folder, "bundle.mjs");
  await build({
    entryPoints: [entryFile(request.handler)],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target,
    external: ["sharp", "pg-native", ...(esbuild?.external ?? [])],
    mainFields: ["module", "main"],
    keepNames: true,
    sourcemap: "linked",
    minify: request.properties.minify === true,
    banner: { js: BANNER },
    logLevel: "error",
  });
  await dropSources(folder);
  const buildMs = Math.round(performance.now() - started);
  for (const { to } of request.copyFiles ?? []) {
    await mkdir(dirname(join(folder, to)), { recursive: true });
    await copyFile(join(ROOT, to), join(folder, to));
  }
  await writeFile(join(folder, "resource.enc"), encrypt(links, request.encryptionKey));

  const code = await readFile(outfile);
  return {
    folder,
    bytes: code.length,
    gzippedBytes: (await promisify(gzip)(code)).length,
    sourceMapBytes: (await stat(`${outfile}.map`)).size,
    buildMs,
  };
}

function entryFile(handler: string): string {
  const path = join(ROOT, `${handler.slice(0, handler.lastIndexOf("."))}.ts`);
  if (!existsSync(path)) throw new Error(`The handler ${handler} has no file ${path}.`);
  return path;
}

/** One key for one text: SST generates the key for each stage, and so may use a nonce of zeros. */
function encrypt(links: Links, base64Key: string): Buffer {
  const cipher = createCipheriv("aes-256-gcm", Buffer.from(base64Key, "base64"), Buffer.alloc(12));
  return Buffer.concat([cipher.update(JSON.stringify(links)), cipher.final(), cipher.getAuthTag()]);
}
