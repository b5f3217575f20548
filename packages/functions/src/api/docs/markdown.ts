/**
 * Markdown as a page: headings have the anchors that GitHub gives them, links lead to other pages, and programs that
 * follow on each other in several languages stand side by side. Raw HTML is shown as text.
 */
import MarkdownIt, { type Token } from "markdown-it";
import { resolveLink } from "./links.ts";
import { TAB_NAMES, tabs } from "./tabs.ts";

export interface Heading {
  readonly id: string;
  readonly text: string;
  readonly level: number;
}

export interface Rendered {
  /** The text of the first heading. */
  readonly title: string;
  readonly headings: readonly Heading[];
  readonly html: string;
}

const markdown = new MarkdownIt({ html: false });
const { rules } = markdown.renderer;
rules.table_open = () => '<div class="wide" tabindex="0"><table>';
rules.table_close = () => "</table></div>\n";
rules.fence = (tokens, index) => program(tokens[index]);
rules.tabs = (tokens, index) => tabs(String(tokens[index]?.meta?.id), tokens[index]?.children ?? [], program);
// Pictures are not served here.
rules.image = (tokens, index) => markdown.utils.escapeHtml(tokens[index]?.content ?? "");
rules.heading_close = (tokens, index) => {
  const id = tokens[index]?.meta?.id;
  const here =
    id === undefined ? "" : ` <a class="here" href="#${id}" aria-label="Link to this heading">#</a>`;
  return `${here}</${tokens[index]?.tag}>\n`;
};

/** @param file where the text lies in the repository: its links are relative to that. */
export function renderMarkdown(text: string, file: string): Rendered {
  // Notes for those who write the file.
  const parsed = markdown.parse(text.replaceAll(/<!--[^>]*-->\n?/g, ""), {});
  const headings = nameHeadings(parsed);
  const tokens = sideBySide(withoutEmptyHeads(parsed));
  for (const token of tokens) styleByClass(token);
  for (const token of tokens) redirectLinks(token.children ?? [], file);
  return {
    title: headings[0]?.text ?? "",
    headings,
    html: markdown.renderer.render(tokens, markdown.options, {}),
  };
}

/** As GitHub names them; a second one of the same text gets `-1`. */
function nameHeadings(tokens: readonly Token[]): Heading[] {
  const seen = new Map<string, number>();
  return tokens.flatMap((token, index) => {
    if (token.type !== "heading_open") return [];
    const text = (tokens[index + 1]?.children ?? [])
      .filter(({ type }) => type === "text" || type === "code_inline")
      .map(({ content }) => content)
      .join("");
    const slug = anchorOfHeading(text);
    const before = seen.get(slug) ?? 0;
    seen.set(slug, before + 1);
    const id = before === 0 ? slug : `${slug}-${before}`;
    token.attrSet("id", id);
    const closing = tokens[index + 2];
    // The first names the page.
    if (closing !== undefined && token.tag !== "h1") closing.meta = { id };
    return [{ id, text, level: Number(token.tag.slice(1)) }];
  });
}

export function anchorOfHeading(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, "")
    .trim()
    .replaceAll(" ", "-");
}

/** Programs in different languages with nothing between them become one token. */
function sideBySide(tokens: readonly Token[]): Token[] {
  const joined: Token[] = [];
  let groups = 0;
  for (let index = 0; index < tokens.length; index += 1) {
    const group = groupAt(tokens, index);
    const [token] = group;
    if (token === undefined) break;
    if (group.length === 1) {
      joined.push(token);
      continue;
    }
    groups += 1;
    const one = new MarkdownIt.Token("tabs", "", 0);
    one.children = group;
    one.meta = { id: `tabs-${groups}` };
    joined.push(one);
    index += group.length - 1;
  }
  return joined;
}

function groupAt(tokens: readonly Token[], start: number): Token[] {
  const languages = new Set<string>();
  const group: Token[] = [];
  for (const token of tokens.slice(start, start + TAB_NAMES.size)) {
    const language = token.type === "fence" ? languageOf(token) : "";
    if (!TAB_NAMES.has(language) || languages.has(language)) break;
    languages.add(language);
    group.push(token);
  }
  return group.length === 0 ? tokens.slice(start, start + 1) : group;
}

/** `ts receiver.ts` is TypeScript, in a file of that name. */
export function languageOf({ info }: Pick<Token, "info">): string {
  return info.split(" ")[0] ?? "";
}

function redirectLinks(tokens: readonly Token[], file: string): void {
  for (const [index, token] of tokens.entries()) {
    if (token.type !== "link_open") continue;
    const resolved = resolveLink(String(token.attrGet("href")), file);
    if (resolved !== undefined) {
      token.attrSet("href", resolved);
      continue;
    }
    // A file of the repository that is no page.
    const closing = tokens.slice(index).find(({ type }) => type === "link_close");
    for (const end of [token, closing]) if (end !== undefined) end.tag = "span";
    token.attrs = [];
  }
}

/** Markdown wants a head of every table; a cell of it that says nothing is no heading, and a row of such is none at all. */
function withoutEmptyHeads(tokens: readonly Token[]): Token[] {
  const kept: Token[] = [];
  let head: Token[] | undefined;
  for (const [index, token] of tokens.entries()) {
    if (token.type === "thead_open") head = [];
    (head ?? kept).push(token);
    if (token.type === "th_open" && tokens[index + 1]?.content === "") {
      for (const cell of [token, tokens[index + 2]]) if (cell !== undefined) cell.tag = "td";
    }
    if (token.type !== "thead_close" || head === undefined) continue;
    if (head.some(({ tag }) => tag === "th")) kept.push(...head);
    head = undefined;
  }
  return kept;
}

/** Columns of numbers: the content security policy lets no attribute say how something looks. */
function styleByClass(token: Token): void {
  const style = token.attrGet("style");
  if (style === null) return;
  token.attrs = [["class", String(style).replace("text-align:", "")]];
}

function program(token: Token | undefined): string {
  if (token === undefined) return "";
  const { escapeHtml } = markdown.utils;
  const name = token.info.split(" ")[1];
  const caption = name === undefined ? "" : `<p class="file">${escapeHtml(name)}</p>`;
  return `<div class="program">${caption}<pre tabindex="0"><code>${escapeHtml(token.content)}</code></pre></div>\n`;
}
