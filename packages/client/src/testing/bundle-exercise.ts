import { join } from "node:path";
import { build } from "esbuild";

/** The exercise and a package as it was installed, in one module that needs nothing else. */
export async function bundleExercise(installedIn: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, "exercise.ts")],
    bundle: true,
    format: "esm",
    platform: "browser",
    write: false,
    plugins: [
      {
        name: "installed",
        setup: ({ onResolve }) =>
          onResolve({ filter: /^\.\.\/index\.ts$/ }, () => ({
            path: join(installedIn, "node_modules/@homing/client/dist/index.js"),
          })),
      },
    ],
  });
  return outputFiles[0]?.text ?? "";
}
