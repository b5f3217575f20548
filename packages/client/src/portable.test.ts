import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { expect, it } from "vitest";

it("the client is one small file for a browser: no dependency, nothing of Node, nothing of the server", async () => {
  const { metafile, outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("./homing-client.ts", import.meta.url))],
    bundle: true,
    format: "esm",
    platform: "browser",
    minify: true,
    write: false,
    metafile: true,
  });
  expect(
    Object.keys(metafile.inputs)
      .map((path) => path.split("/").at(-1))
      .sort(),
  ).toEqual([
    "api-url.ts",
    "batch-chunks.ts",
    "homing-client.ts",
    "homing-error.ts",
    "invalid-argument-error.ts",
    "json-text.ts",
    "transport.ts",
  ]);
  expect(outputFiles[0]?.contents.byteLength).toBeLessThan(8_192);
  expect(outputFiles[0]?.text).not.toMatch(/\b(process|Buffer|require)\b/);
});
