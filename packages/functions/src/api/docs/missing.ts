/** Where there is no page. It shows nothing of the address, which anybody may have written. */
import { html } from "hono/html";
import { frame, type Html } from "./frame.ts";
import { pagePath, REFERENCE_SLUG } from "./pages.ts";

export function renderMissing(): Html {
  return frame({
    title: "There is no such page · Homing",
    main: html`<article><h1>There is no such page</h1>
<p>The address may be mistyped, or from another version.</p>
<ul>
<li><a href="/docs">Start</a></li>
<li><a href="${pagePath(REFERENCE_SLUG)}">API reference</a></li>
<li><a href="#contents">All pages</a></li>
</ul></article>`,
  });
}
