/** Where the links of a Markdown file lead at `/docs`. */
import { posix } from "node:path";
import { PAGES, pagePath } from "./pages.ts";

const PATHS: ReadonlyMap<string, string> = new Map([
  ...PAGES.map(({ file, slug }) => [file, pagePath(slug)] as const),
  ["openapi.json", "/v1/openapi.json"],
]);

/** Undefined for what the repository holds and this site does not. */
export function resolveLink(href: string, file: string): string | undefined {
  if (/^https?:/.test(href) || href.startsWith("#")) return href;
  const [path = "", anchor] = href.split("#");
  const resolved = PATHS.get(posix.join(posix.dirname(file), path));
  if (resolved === undefined) return undefined;
  return anchor === undefined ? resolved : `${resolved}#${anchor}`;
}
