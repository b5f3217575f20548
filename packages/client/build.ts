/** Builds what is published: ES modules, their types and source maps in `dist`. */
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { declarationsOf } from "./declarations.ts";

const HERE = import.meta.dirname;
const ROOT = join(HERE, "../..");
const DIST = join(HERE, "dist");

/** Modules of the API, of which `types.ts` takes types. */
const OF_THE_API = /"@homing\/functions\/api\/(?:answers|requests)\/[\w-]+"/g;

rmSync(DIST, { recursive: true, force: true });
mkdirSync(DIST);
const { components } = JSON.parse(readFileSync(join(ROOT, "openapi.json"), "utf8"));
// Names that the API's modules give to some of the components: what is shown of a thing is its view.
const aliases = [
  ...Object.keys(components.schemas).map((component) => `export type ${component}View = ${component};\n`),
  "export type EndpointSecret = SigningSecrets;\n",
];
writeFileSync(join(DIST, "api.d.ts"), `${declarationsOf(components.schemas)}\n${aliases.join("")}`);

// The compiler checks the sources against these types.
const { status } = spawnSync(join(ROOT, "node_modules/.bin/tsc"), ["-p", join(HERE, "tsconfig.build.json")], {
  stdio: "inherit",
});
if (status !== 0) process.exit(1);

// The compiler leaves the names of modules in declarations as they stand in the sources.
for (const name of readdirSync(DIST).filter((file) => file.endsWith(".d.ts"))) {
  const text = readFileSync(join(DIST, name), "utf8");
  writeFileSync(
    join(DIST, name),
    text.replace(OF_THE_API, '"./api.js"').replace(/from "(\.\/[\w-]+)\.ts"/g, 'from "$1.js"'),
  );
}
