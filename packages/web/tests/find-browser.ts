/** A Chrome, Edge or Chromium for the browser tests and the screenshots. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { promisify } from "node:util";
import { chromium } from "playwright-core";

const run = promisify(execFile);

const USUAL_PATHS: Partial<Record<NodeJS.Platform, readonly string[]>> = {
  linux: [
    "/usr/bin/chromium",
    "/usr/bin/chromium-browser",
    "/usr/bin/google-chrome",
    "/usr/bin/google-chrome-stable",
    "/usr/bin/microsoft-edge",
    "/opt/google/chrome/chrome",
    "/snap/bin/chromium",
  ],
  darwin: [
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
  ],
  win32: [
    "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
    "C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe",
    "C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe",
  ],
};

const HOW_TO_INSTALL =
  "No Chrome, Edge or Chromium found: run `npx playwright-core install chromium`, or set HOMING_BROWSER to the path of one.";

/**
 * The path of a browser: HOMING_BROWSER, else an installed one, else Playwright's own, else one that is
 * installed now, where that takes no questions (as root on Debian and its relatives; a minute or two).
 *
 * @throws Error in one line that says what to install.
 */
export async function findBrowser(): Promise<string> {
  const named = process.env.HOMING_BROWSER;
  if (named) {
    if (existsSync(named)) return named;
    throw new Error(`HOMING_BROWSER: there is no file ${named}.`);
  }
  const found = installedBrowser();
  if (found) return found;
  if (canUseApt()) {
    await run("apt-get", ["update"]);
    await run("apt-get", ["install", "--yes", "--no-install-recommends", "chromium"], {
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    });
  }
  const installed = installedBrowser();
  if (installed) return installed;
  throw new Error(HOW_TO_INSTALL);
}

function installedBrowser(): string | undefined {
  const paths = [...(USUAL_PATHS[process.platform] ?? []), chromium.executablePath()];
  return paths.find((path) => path !== "" && existsSync(path));
}

function canUseApt(): boolean {
  return process.getuid?.() === 0 && existsSync("/etc/debian_version") && existsSync("/usr/bin/apt-get");
}
