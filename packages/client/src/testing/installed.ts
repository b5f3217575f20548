/** A package as others get it: packed, and installed into a folder that holds nothing else. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";

const execute = promisify(execFile);

export interface Installed {
  readonly folder: string;
  /** The packed file. */
  readonly tarball: string;
  remove(): Promise<void>;
}

export async function install(packageFolder: string): Promise<Installed> {
  const folder = await mkdtemp(join(tmpdir(), "homing-installed-"));
  const { stdout } = await execute("npm", ["pack", "--silent", "--pack-destination", folder], {
    cwd: packageFolder,
  });
  const tarball = join(folder, stdout.trim().split("\n").at(-1) ?? "");
  await writeFile(join(folder, "package.json"), '{ "private": true, "type": "module" }');
  // Whatever it needs would be looked for, and not be found.
  await execute("npm", ["install", "--silent", "--offline", tarball], { cwd: folder });
  return { folder, tarball, remove: () => rm(folder, { recursive: true }) };
}

export interface NodeVersion {
  readonly version: string;
  readonly path: string;
}

/** The Node that runs this, and the machine's own, which is often an older one. */
export async function nodeVersions(): Promise<NodeVersion[]> {
  const machine = (process.env.PATH ?? "")
    .split(delimiter)
    .filter((folder) => !folder.includes("node_modules"))
    .map((folder) => join(folder, "node"))
    .find((path) => existsSync(path));
  const paths = [process.execPath, ...(machine === undefined ? [] : [machine])];
  const found = await Promise.all(
    paths.map(async (path) => ({ path, version: (await execute(path, ["--version"])).stdout.trim() })),
  );
  return [...new Map(found.map((node) => [node.version, node])).values()];
}
