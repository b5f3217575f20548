import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import { describe, expect, it } from "vitest";
import { createMemoryApi } from "../../testing/memory-api.ts";
import { documentOf } from "../openapi/document.ts";
import { PAGES, pagePath } from "./pages.ts";
import { DOCS_SCRIPT } from "./script.ts";
import { DOCS_STYLE } from "./style.ts";

const ROOT = new URL("../../../../../", import.meta.url);
const api = createMemoryApi();
const document = await documentOf(api.app);
const REFERENCE = "/docs/api";

async function page(path: string) {
  return api.call("GET", path, { key: "" });
}

async function textOf(path: string): Promise<string> {
  return (await page(path)).text;
}

const paths = [...PAGES.map(({ slug }) => pagePath(slug)), REFERENCE];

describe.each(paths)("%s", (path) => {
  it("asks nobody for anything, and is let through by its own strict policy", async () => {
    const { status, text, headers } = await page(path);
    expect(status).toBe(200);
    const [, style, script] =
      /<style>([\s\S]*?)<\/style>[\s\S]*<script>([\s\S]*?)<\/script>/.exec(text) ?? [];
    expect([style, script]).toEqual([DOCS_STYLE, DOCS_SCRIPT]);
    const [styleHash, scriptHash] = [DOCS_STYLE, DOCS_SCRIPT].map((one) =>
      createHash("sha256").update(one).digest("base64"),
    );
    expect(headers.get("content-security-policy")).toBe(
      `default-src 'none'; style-src 'sha256-${styleHash}'; script-src 'sha256-${scriptHash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    );
    const rest = text.replace(DOCS_STYLE, "").replace(DOCS_SCRIPT, "");
    expect(rest.match(/<script|<style/g)).toEqual(["<style", "<script"]);
    expect(rest).not.toMatch(/<link|<img|<iframe|<[^>]*\son\w+=|<[^>]*\sstyle=/i);
  });

  it("leads nowhere where there is nothing", async () => {
    const text = await textOf(path);
    const links = [...text.matchAll(/<a [^>]*href="([^"]*)"/g)].map(([, href = ""]) => href);
    expect(links.length).toBeGreaterThan(0);
    for (const href of links.filter((one) => !one.startsWith("https://"))) {
      const [target = "", anchor] = href.split("#");
      expect([href, target === "" || target === "/v1/openapi.json" || paths.includes(target)]).toEqual([
        href,
        true,
      ]);
      if (anchor === undefined) continue;
      const there = target === "" ? text : await textOf(target);
      expect([href, there.includes(`id="${anchor}"`)]).toEqual([href, true]);
    }
  });

  it("names each of its places once", async () => {
    const ids = [...(await textOf(path)).matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
    expect(ids).toEqual([...new Set(ids)]);
  });
});

describe("the same texts on GitHub", () => {
  it.each(PAGES)("$file leads to files and headings that are there", ({ file }) => {
    const broken = linksOf(read(file)).filter((href) => {
      const [path = "", anchor] = href.split("#");
      const target = path === "" ? file : posix.join(posix.dirname(file), path);
      if (!existsSync(new URL(target, ROOT))) return true;
      return anchor !== undefined && !anchorsOf(read(target)).includes(anchor);
    });
    expect(broken).toEqual([]);
  });

  it("every file of docs is a page", () => {
    const files = ["docs", "docs/guides"].flatMap((folder) =>
      readdirSync(new URL(folder, ROOT))
        .filter((name) => name.endsWith(".md"))
        .map((name) => `${folder}/${name}`),
    );
    expect(PAGES.map(({ file }) => file)).toEqual(expect.arrayContaining(files));
  });
});

function read(file: string): string {
  return readFileSync(new URL(file, ROOT), "utf8");
}

function linksOf(markdown: string): string[] {
  const text = markdown.replaceAll(/^```[\s\S]*?^```/gm, "");
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, href = ""]) => href)
    .filter((href) => !/^https?:/.test(href));
}

/** As GitHub names headings, for the letters that ours are made of. */
function anchorsOf(markdown: string): string[] {
  return [...markdown.matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w\s-]/g, "")
      .trim()
      .replaceAll(/\s/g, "-"),
  );
}

describe("the first page", () => {
  it("tells the schedule that is in force here, not the one that usually is", async () => {
    const text = await textOf("/docs");
    expect(text).toContain("Up to 10 attempts of at most 15s each");
    expect(text).toContain("5s, 5m, 30m, 2h, 5h, 10h, 14h, 20h, 1d.");
    const other = createMemoryApi({ settings: { retryScheduleMs: [], deliveryTimeoutMs: 5_000 } });
    expect((await other.call("GET", "/docs", { key: "" })).text).toContain("One attempt, of at most 5s.");
  });

  it("comes before the reference, and leads to every other page", async () => {
    const text = await textOf("/docs");
    for (const path of paths) expect(text).toContain(`href="${path}"`);
  });
});

describe("the reference", () => {
  it("shows every route, every schema and the examples, as text", async () => {
    const text = await textOf(REFERENCE);
    for (const path of Object.keys(document.paths)) expect(text).toContain(`<code>${path}</code>`);
    for (const name of Object.keys(document.webhooks ?? {})) expect(text).toContain(`<code>${name}</code>`);
    for (const name of Object.keys(document.components.schemas ?? {})) expect(text).toContain(`>${name}</a>`);
    expect(text).toContain("&quot;targetUrl&quot;: &quot;https://example.com/hook&quot;");
    expect(text).toContain("<code>true</code>: rolled back after a failed send");
    expect(text.replace(DOCS_SCRIPT, "")).not.toContain("`");
    expect(text).not.toContain("[object");
    expect(text.replace(DOCS_SCRIPT, "")).not.toContain("undefined");
  });
});

describe("a page that does not exist", () => {
  const missing = ["/docs/nothing", "/docs/first-message/more", "/docs/..%2fREADME.md"];
  const ask = (path: string, accept?: string) =>
    api.call("GET", path, { key: "", headers: accept === undefined ? {} : { accept } });

  it("is a problem document, not an empty page, to whoever does not ask for HTML", async () => {
    for (const path of missing) {
      for (const accept of [
        undefined,
        "*/*",
        "application/json, text/html;q=0.5",
        "text/html;q=0",
        "x/text/html",
      ]) {
        const { status, body, headers } = await ask(path, accept);
        expect([path, accept, status, body.code]).toEqual([path, accept, 404, "NOT_FOUND"]);
        expect(headers.get("content-type")).toBe("application/problem+json");
        // RFC 9110, 12.5.5: a cache keeps the two answers apart.
        expect(headers.get("vary")).toBe("accept");
      }
    }
  });

  it("leads a browser to the pages that there are, under the policy of theirs", async () => {
    // As Chrome, Firefox and Safari ask for a page.
    const browsers = [
      "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
      "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
      "TEXT/HTML; charset=utf-8",
    ];
    const policy = (await page("/docs")).headers.get("content-security-policy");
    for (const path of missing) {
      for (const accept of browsers) {
        // What is below the pages is no operation of the document, which the caller would look into.
        const answer = await api.app.request(path, { headers: { accept } });
        const { status, headers } = answer;
        const text = await answer.text();
        expect([path, status, headers.get("content-type")]).toEqual([path, 404, "text/html; charset=UTF-8"]);
        expect(headers.get("content-security-policy")).toBe(policy);
        expect(headers.get("vary")).toBe("accept");
        expect(headers.get("x-content-type-options")).toBe("nosniff");
        expect(text).toContain("<h1>There is no such page</h1>");
        // Nothing on it is where the reader is.
        expect(text).not.toContain('aria-current="page"');
        for (const there of paths) expect(text).toContain(`href="${there}"`);
      }
    }
  });

  it("shows nothing of the address that was asked for", async () => {
    const { text } = await ask("/docs/%3Cb%3Emarkup", "text/html");
    expect(text).not.toContain("markup");
  });

  it("is one only below /docs, and for who reads: elsewhere a browser, too, gets a problem document", async () => {
    for (const path of ["/v1/nothing", "/v1/docs", "/v1/messages/msg_nothing"]) {
      const { headers } = await ask(path, "text/html");
      expect([path, headers.get("content-type")]).toEqual([path, "application/problem+json"]);
    }
    const { status, body } = await api.call("POST", "/docs/nothing/more", {
      key: "",
      headers: { accept: "text/html" },
    });
    expect([status, body.code]).toEqual([404, "NOT_FOUND"]);
  });
});
