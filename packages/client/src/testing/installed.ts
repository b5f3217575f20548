/** A package as others get it: packed, and installed into a folder that holds nothing else. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, rmdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { promisify } from "node:util";

const execute = promisify(execFile);
const POLL_MS = 50;

export interface Installed {
  readonly folder: string;
  /** The packed file. */
  readonly tarball: string;
  remove(): Promise<void>;
}

export async function install(packageFolder: string): Promise<Installed> {
  const folder = await mkdtemp(join(tmpdir(), "homing-installed-"));
  const tarball = await inTurn(() => pack(packageFolder, folder));
  await writeFile(join(folder, "package.json"), '{ "private": true, "type": "module" }');
  // Whatever it needs would be looked for, and not be found.
  await execute("npm", ["install", "--silent", "--offline", tarball], { cwd: folder });
  return { folder, tarball, remove: () => rm(folder, { recursive: true }) };
}

async function pack(packageFolder: string, into: string): Promise<string> {
  const options = ["--silent", "--pack-destination", into];
  const { stdout } = await execute("npm", ["pack", ...options], { cwd: packageFolder });
  return join(into, stdout.trim().split("\n").at(-1) ?? "");
}

/** Of the processes of a run one at a time: packing builds, and all build into the same folder. */
async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const turn = join(tmpdir(), `homing-packing-${process.ppid}`);
  for (;;) {
    try {
      await mkdir(turn);
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      await wait(POLL_MS);
    }
  }
  return work().finally(() => rmdir(turn));
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
