/** A page that is made from Markdown. */
import { DAY, formatDuration } from "@homing/core/duration";
import type { Settings } from "@homing/core/settings";
import { html, raw } from "hono/html";
import { frame, type Html } from "./frame.ts";
import { renderMarkdown } from "./markdown.ts";
import { FIRST_PAGE, type Page, pagePath, SECTIONS } from "./pages.ts";

/** What of a stage's settings the first page tells. */
export type ToldSettings = Pick<Settings, "retryScheduleMs" | "deliveryTimeoutMs" | "retentionMs">;

export function renderGuide(page: Page, text: string, settings: ToldSettings): Html {
  const { title, headings, html: body } = renderMarkdown(text, page.file);
  const chapters = headings.filter(({ level }) => level === 2);
  return frame({
    title: page === FIRST_PAGE ? title : `${title} · Homing`,
    slug: page.slug,
    within:
      page === FIRST_PAGE || chapters.length < 2
        ? ""
        : html`<ul>${chapters.map((one) => html`<li><a href="#${one.id}">${one.text}</a></li>`)}</ul>`,
    main: html`<article>${raw(body)}${page === FIRST_PAGE ? thisStage(settings) : nextOf(page)}</article>`,
  });
}

/** What the texts can only call the default. */
function thisStage({ retryScheduleMs, deliveryTimeoutMs, retentionMs }: ToldSettings): Html {
  const attempts = retryScheduleMs.length + 1;
  const deadline = formatDuration(deliveryTimeoutMs);
  const schedule = retryScheduleMs.map(formatDuration).join(", ");
  return html`<h2 id="this-stage">As it is set here</h2>
<p>${
    attempts === 1
      ? `One attempt, of at most ${deadline}.`
      : `Up to ${attempts} attempts of at most ${deadline} each, with these delays between them, and a little more: ${schedule}. A target may ask for a longer one with retry-after, up to ${formatDuration(DAY)}.`
  } A message and its idempotency key are kept for ${formatDuration(retentionMs)} after it has finished.</p>`;
}

/** Whoever has read one guide to its end goes on to the next. */
function nextOf(page: Page): Html | string {
  const pages = SECTIONS.find((section) => section.pages.includes(page))?.pages ?? [];
  const next = pages[pages.indexOf(page) + 1];
  return next === undefined
    ? ""
    : html`<p class="next">Next: <a href="${pagePath(next.slug)}">${next.title}</a></p>`;
}
