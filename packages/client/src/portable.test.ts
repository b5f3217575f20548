import { build } from "esbuild";
import { expect, it } from "vitest";

/** What a bundler makes for a browser of a program that takes this from the package. */
async function bundled(name: string) {
  const { metafile, outputFiles } = await build({
    stdin: { contents: `export { ${name} } from "./index.ts";`, resolveDir: import.meta.dirname },
    bundle: true,
    format: "esm",
    platform: "browser",
    minify: true,
    write: false,
    metafile: true,
  });
  const [output] = Object.values(metafile.outputs);
  const inputs = Object.entries(output?.inputs ?? {}).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  return {
    modules: inputs.map(([path]) => path.split("/").at(-1)).sort(),
    bytes: outputFiles[0]?.contents.byteLength,
    text: outputFiles[0]?.text,
  };
}

it("the client is small in a browser: no dependency, nothing of Node, nothing of the server", async () => {
  const { modules, bytes, text } = await bundled("HomingClient");
  expect(modules).toEqual([
    "api-url.ts",
    "batch-chunks.ts",
    "batch.ts",
    "endpoints.ts",
    "events.ts",
    "homing-client.ts",
    "homing-error.ts",
    "idempotency-key.ts",
    "invalid-argument-error.ts",
    "json-text.ts",
    "pages.ts",
    "transport.ts",
  ]);
  // Raised from 8,192: one class speaks for messages, endpoints and events, and no bundler can tell which of its methods
  // a program leaves out.
  expect(bytes).toBeLessThan(12_288);
  expect(text).not.toMatch(/\b(process|Buffer|require)\b/);
});

it("whoever receives takes no client along", async () => {
  const { modules, bytes, text } = await bundled("verify");
  expect(modules).toEqual(["invalid-argument-error.ts", "verification-error.ts", "verify.ts"]);
  expect(bytes).toBeLessThan(2_048);
  expect(text).not.toMatch(/\b(process|Buffer|require)\b/);
});
