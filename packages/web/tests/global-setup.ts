/** Once for all browser tests: the dashboard is built, and a browser found. */
import type { TestProject } from "vitest/node";
import { buildWeb, isStale } from "../build.ts";
import { findBrowser } from "./find-browser.ts";

declare module "vitest" {
  interface ProvidedContext {
    readonly browser: { readonly path: string } | { readonly problem: string };
  }
}

export default async function setup(project: TestProject): Promise<void> {
  if (await isStale()) await buildWeb();
  // A missing browser must fail the tests that need one, not keep all others from running.
  const browser = await findBrowser().then(
    (path) => ({ path }),
    (error: Error) => ({ problem: error.message }),
  );
  project.provide("browser", browser);
}
