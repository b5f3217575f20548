import { expect, it } from "vitest";
import { renderMarkdown } from "./markdown.ts";

const render = (text: string, file = "docs/delivery.md") => renderMarkdown(text, file).html;

it("HTML is shown, not obeyed, and so is a link that would run something", () => {
  expect(render("<b onclick=x>bold</b>")).toBe("<p>&lt;b onclick=x&gt;bold&lt;/b&gt;</p>\n");
  expect(render("<script>alert(1)</script>")).not.toContain("<script>");
  expect(render("[here](javascript:alert(1))")).not.toContain("href");
  expect(render("```sh\n<i>\n```")).toContain("<code>&lt;i&gt;\n</code>");
});

it("links to other pages lead to them, wherever both files lie", () => {
  expect(render("[a](guides/events.md#send-an-event)")).toContain(
    '<a href="/docs/events#send-an-event">a</a>',
  );
  expect(render("[a](../delivery.md)", "docs/guides/retries.md")).toContain('<a href="/docs/delivery">a</a>');
  expect(render("[a](../../openapi.json)", "docs/guides/retries.md")).toContain(
    '<a href="/v1/openapi.json">a</a>',
  );
  expect(render("[a](docs/README.md)", "README.md")).toContain('<a href="/docs">a</a>');
  expect(render("[a](#here) [b](https://example.com/)")).toContain(
    '<a href="#here">a</a> <a href="https://example.com/">b</a>',
  );
});

it("what the repository holds and this site does not is named, without a link", () => {
  expect(render("[`stage.ts`](../infra/stage.ts)")).toBe("<p><span><code>stage.ts</code></span></p>\n");
});

it("headings have the anchors that GitHub gives them", () => {
  const { title, headings } = renderMarkdown(
    "# Title\n\n## What counts, and what *does not*\n\n## `retry-after`: a header\n\n## Twice\n\n## Twice",
    "README.md",
  );
  expect(title).toBe("Title");
  expect(headings.map(({ id }) => id)).toEqual([
    "title",
    "what-counts-and-what-does-not",
    "retry-after-a-header",
    "twice",
    "twice-1",
  ]);
});

it("programs in several languages with nothing between them are one choice, the first of them made", () => {
  const html = render("```sh\none\n```\n\n```ts\ntwo\n```\n\nText.\n\n```sh\nthree\n```");
  expect(html.match(/type="radio"/g)).toHaveLength(2);
  expect(html.match(/<fieldset/g)).toHaveLength(1);
  expect(html.match(/data-language="sh" checked/g)).toHaveLength(1);
});

it("two of one language follow each other, and answers stand alone", () => {
  expect(render("```sh\none\n```\n\n```sh\ntwo\n```\n\n```json\n{}\n```")).not.toContain("fieldset");
});

it("notes for writers are left out", () => {
  expect(render("<!-- written by -->\n| a |\n|---|\n| b |\n<!-- end -->")).not.toContain("written by");
});

it("a table without a heading has none, and an empty cell of one is no heading", () => {
  expect(render("| | |\n|---|---|\n| a | b |")).not.toMatch(/<thead|<th/);
  expect(render("| field | |\n|---|---|\n| a | b |").match(/<th>.*<\/th>/g)).toEqual(["<th>field</th>"]);
});
