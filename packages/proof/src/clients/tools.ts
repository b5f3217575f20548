/**
 * Generators of clients, schemathesis, and what our own client runs on besides the Node of this repository, in a temporary folder: they test Homing and are no part of it. Fetched from
 * PyPI and npm for each run, in the versions that are named here and in `requirements.txt`.
 */
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);

/** This folder, where the configurations and programs of the tools lie. */
export const HERE = fileURLToPath(new URL(".", import.meta.url));
const TYPESCRIPT_TOOLS = ["openapi-typescript@7.13.0", "openapi-fetch@0.17.0", "typescript@5.9.3"];
const NODE = `node-${process.platform === "win32" ? "win" : process.platform}-${process.arch}`;
/** The oldest Node that is still maintained, and the newest; others. The machine's own is tried by `npm test`. */
const RUNTIMES = [
  `node-22@npm:${NODE}@22.23.3`,
  `node-26@npm:${NODE}@26.10.0`,
  "deno@2.9.6",
  "bun@1.4.5",
  "workerd@1.20261117.1",
];

export interface Tools {
  /** With `node_modules` of the TypeScript tools and the runtimes. */
  readonly folder: string;
  /** With the commands of the Python tools first. */
  readonly path: string;
  remove(): Promise<void>;
}

/** @throws Error in one line if they cannot be had. */
export async function installTools(): Promise<Tools> {
  const folder = await mkdtemp(join(tmpdir(), "homing-clients-"));
  const remove = () => rm(folder, { recursive: true, force: true });
  const bin = join(folder, "python", "bin");
  try {
    await run("python3", ["-m", "venv", join(folder, "python")]);
    const requirements = join(HERE, "requirements.txt");
    await Promise.all([
      run(join(bin, "pip"), ["install", "--quiet", "--no-deps", "--requirement", requirements]),
      run("npm", [
        "install",
        "--silent",
        "--no-package-lock",
        "--prefix",
        folder,
        ...TYPESCRIPT_TOOLS,
        ...RUNTIMES,
      ]),
    ]);
  } catch (error) {
    await remove();
    const reason = error instanceof Error ? error.message.trim().split("\n").at(-1) : String(error);
    throw new Error(`Python 3 with venv, PyPI and npm are needed for these tests: ${reason}`, {
      cause: error,
    });
  }
  return { folder, path: `${bin}${delimiter}${process.env.PATH ?? ""}`, remove };
}
