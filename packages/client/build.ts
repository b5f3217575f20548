/** Builds what is published: ES modules, their types and source maps in `dist`. */
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { declarationsOf } from "./declarations.ts";

const HERE = import.meta.dirname;
const ROOT = join(HERE, "../..");
const DIST = join(HERE, "dist");

/** Types of the API's modules that are named otherwise in its document. */
const COMPONENTS: Readonly<Record<string, string>> = {
  AttemptView: "Attempt",
  EndpointSecret: "SigningSecrets",
  EndpointView: "Endpoint",
  EventView: "Event",
  KeyView: "Key",
  MessageView: "Message",
  StatsView: "Stats",
};
/** Modules of the API, of which `types.ts` takes types. */
const OF_THE_API = /"@homing\/functions\/api\/(?:schemas|requests)"/g;

rmSync(DIST, { recursive: true, force: true });
mkdirSync(DIST);
const { components } = JSON.parse(readFileSync(join(ROOT, "openapi.json"), "utf8"));
const aliases = Object.entries(COMPONENTS).map(
  ([name, component]) => `export type ${name} = ${component};\n`,
);
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
