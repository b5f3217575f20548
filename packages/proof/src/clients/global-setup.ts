/** The tools are fetched once for all test files of the project. */
import type { TestProject } from "vitest/node";
import { installTools } from "./tools.ts";

declare module "vitest" {
  interface ProvidedContext {
    toolsFolder: string;
    toolsPath: string;
  }
}

export default async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const { folder, path, remove } = await installTools();
  provide("toolsFolder", folder);
  provide("toolsPath", path);
  return remove;
}
