/**
 * SST's platform (`.sst/`, some 320 MB, from the npm registry only): its component sources and the provider
 * SDKs, against which the program is typed and evaluated.
 */
import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));
export const PLATFORM = join(ROOT, ".sst", "platform");

const INSTALL_TIMEOUT_MS = 5 * 60_000;

/**
 * Installs the platform unless the one there is of the installed SST's version: about a minute once.
 *
 * @throws Error when it cannot be installed; nothing that needs it is ever skipped.
 */
export async function ensurePlatform(): Promise<void> {
  if (installedVersion() === wantedVersion() && existsSync(join(PLATFORM, "node_modules", "@pulumi", "aws")))
    return;

  const sst = join(ROOT, "node_modules", ".bin", "sst");
  const node = join(ROOT, "node_modules", "node", "bin");
  try {
    await promisify(execFile)(sst, ["install", "--stage", "ci"], {
      cwd: ROOT,
      timeout: INSTALL_TIMEOUT_MS,
      env: {
        ...process.env,
        PATH: `${node}:${process.env.PATH}`,
        SST_SKIP_DEPENDENCY_CHECK: "1",
        SST_TELEMETRY_DISABLED: "1",
        NO_BUN: "1",
      },
    });
  } catch (cause) {
    throw new Error("SST's platform could not be installed; `npx sst install` says why.", { cause });
  }
  if (installedVersion() !== wantedVersion()) {
    throw new Error(`\`sst install\` left version ${installedVersion()} in .sst; wanted ${wantedVersion()}.`);
  }
}

function wantedVersion(): string {
  const manifest = join(ROOT, "node_modules", "sst", "package.json");
  return (JSON.parse(readFileSync(manifest, "utf8")) as { version: string }).version;
}

function installedVersion(): string | undefined {
  const file = join(PLATFORM, "version");
  return existsSync(file) ? readFileSync(file, "utf8").trim() : undefined;
}
