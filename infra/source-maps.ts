import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * Takes the sources out of a built function's source maps. Stack traces need names and places alone; the text is two
 * thirds of what is uploaded, and every cold start would read it.
 */
export async function dropSources(folder: string): Promise<void> {
  const files = await readdir(folder);
  for (const path of files.filter((file) => file.endsWith(".map")).map((file) => join(folder, file))) {
    const { sourcesContent: _, ...map } = JSON.parse(await readFile(path, "utf8"));
    await writeFile(path, JSON.stringify(map));
  }
}
