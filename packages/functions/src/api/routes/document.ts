/** The API's own description, for machines and for people. */
import { createHash } from "node:crypto";
import { Hono } from "hono";
import type { RouteDependencies } from "../dependencies.ts";
import type { ApiEnv } from "../env.ts";
import { getOnly } from "../middleware.ts";
import { describe } from "../openapi/describe.ts";
import { renderDocs } from "../openapi/docs-page.ts";
import { DOCS_STYLE } from "../openapi/docs-style.ts";
import type { OpenApiDocument } from "../openapi/document.ts";
import { refuseQuery } from "../validate.ts";

/** Nothing but the page itself: no script, no request, its one style sheet named by its hash. */
const DOCS_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash("sha256").update(DOCS_STYLE).digest("base64")}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** Loaded when somebody asks for it; its test keeps it the truth about the routes. */
async function document(): Promise<OpenApiDocument> {
  const module = await import("../../../../../openapi.json", { with: { type: "json" } });
  return module.default as OpenApiDocument;
}

export function documentRoutes({ settings }: Pick<RouteDependencies, "settings">) {
  /** Made when it is first asked for, and then kept: whoever asks needs no key. */
  let page: string | undefined;
  return new Hono<ApiEnv>()
    .get(
      "/v1/openapi.json",
      describe({
        operationId: "getOpenApi",
        tag: "Service",
        summary: "This document",
        open: true,
        answers: { 200: { description: "OpenAPI 3.1." } },
      }),
      async (c) => {
        refuseQuery(c);
        return c.json(await document());
      },
    )
    .all("/v1/openapi.json", getOnly)
    .get(
      "/docs",
      describe({
        operationId: "getDocs",
        tag: "Service",
        summary: "This document as a page",
        open: true,
        answers: { 200: { description: "HTML that asks for nothing else.", mediaType: "text/html" } },
      }),
      async (c) => {
        refuseQuery(c);
        c.header("content-security-policy", DOCS_POLICY);
        c.header("x-content-type-options", "nosniff");
        c.header("referrer-policy", "no-referrer");
        page ??= String(await renderDocs(await document(), settings));
        return c.html(page);
      },
    )
    .all("/docs", getOnly);
}
