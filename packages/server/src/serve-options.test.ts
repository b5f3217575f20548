/** V8's options stand in two places, each of which starts the server. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), "utf8");
const optionsOf = (command: string) => command.split(" ").filter((word) => /^--[a-z-]+=/.test(word));

it("systemd starts the server with the options of `npm run serve`", () => {
  const { serve } = (JSON.parse(read("package.json")) as { scripts: { serve: string } }).scripts;
  const unit =
    /^ExecStart=(.+packages\/server\/src\/serve\.ts)$/m.exec(read("docs/one-machine.md"))?.[1] ?? "";
  expect(optionsOf(unit)).toEqual(optionsOf(serve));
  expect(optionsOf(serve)).not.toEqual([]);
});
