/** What all pages have in common: one style sheet, one small script, the contents beside the text. */
import { createHash } from "node:crypto";
import { html, raw } from "hono/html";
import { FIRST_PAGE, type Page, pagePath, REFERENCE_SLUG, SECTIONS } from "./pages.ts";
import { DOCS_SCRIPT } from "./script.ts";
import { DOCS_STYLE } from "./style.ts";

export type Html = ReturnType<typeof html>;

/** Nothing but the page itself: no request, its style sheet and its script named by their hashes. */
export const DOCS_POLICY = [
  "default-src 'none'",
  `style-src ${hashOf(DOCS_STYLE)}`,
  `script-src ${hashOf(DOCS_SCRIPT)}`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

export interface Framed {
  readonly title: string;
  /** Which of the contents is marked; none, where the reader is at none of them. */
  readonly slug?: string;
  /** What is on this page, for the contents. */
  readonly within?: Html | string;
  readonly main: Html;
}

const REFERENCE: Page = { slug: REFERENCE_SLUG, title: "API reference", file: "openapi.json" };

export function frame({ title, slug, within = "", main }: Framed): Html {
  const entry = (page: Page) =>
    html`<li><a href="${pagePath(page.slug)}"${page.slug === slug ? raw(' aria-current="page"') : ""}>${page.title}</a>${page.slug === slug ? within : ""}</li>`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${raw(DOCS_STYLE)}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the text</a>
<nav id="contents" aria-label="Contents">
<p class="brand"><a class="home" href="/docs">Homing</a> <a class="open" href="#contents">Contents</a><a class="close" href="#main">Close</a></p>
<div class="links">
<ul>${entry(FIRST_PAGE)}${entry(REFERENCE)}</ul>
${SECTIONS.map((section) => html`<h2>${section.title}</h2><ul>${section.pages.map(entry)}</ul>`)}
</div>
</nav>
<main id="main">
${main}
</main>
<script>${raw(DOCS_SCRIPT)}</script>
</body>
</html>`;
}

function hashOf(text: string): string {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}
