/** The API's own description, for machines and for people, and the guides before it. */
import { type Context, Hono, type MiddlewareHandler } from "hono";
import { accepts } from "hono/accepts";
import type { RouteDependencies } from "../dependencies.ts";
import { DOCS_POLICY } from "../docs/frame.ts";
import { DocsSite } from "../docs/site.ts";
import type { ApiEnv } from "../env.ts";
import { getOnly, notFound } from "../middleware.ts";
import { describe } from "../openapi/describe.ts";
import type { OpenApiDocument } from "../openapi/document.ts";
import { refuseQuery } from "../validate.ts";

/** Loaded when somebody asks for it; its test keeps it the truth about the routes. */
async function document(): Promise<OpenApiDocument> {
  const module = await import("../../../../../openapi.json", { with: { type: "json" } });
  return module.default as OpenApiDocument;
}

export function documentRoutes({ settings, repository }: Pick<RouteDependencies, "settings" | "repository">) {
  const site = new DocsSite({ settings, document, ...(repository ? { repository } : {}) });
  const show = (c: Context<ApiEnv>, text: string, status: 200 | 404) => {
    c.header("content-security-policy", DOCS_POLICY);
    c.header("x-content-type-options", "nosniff");
    c.header("referrer-policy", "no-referrer");
    return c.html(text, status);
  };
  const missing = async (c: Context<ApiEnv>) => {
    c.header("vary", "accept");
    if (!prefersPage(c)) throw notFound();
    return show(c, await site.missing(), 404);
  };
  const page = async (c: Context<ApiEnv>, slug: string) => {
    const found = await site.page(slug);
    if (found === undefined) return missing(c);
    refuseQuery(c);
    return show(c, found, 200);
  };
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
    .use("/docs/*", withoutSlashAtEnd)
    .get(
      "/docs",
      describe({
        operationId: "getDocs",
        tag: "Service",
        summary: "The guides, and this document as a page",
        open: true,
        answers: { 200: { description: "HTML that asks for nothing else.", mediaType: "text/html" } },
      }),
      (c) => page(c, ""),
    )
    .all("/docs", getOnly)
    .get(
      "/docs/:page",
      describe({
        operationId: "getDocsPage",
        tag: "Service",
        summary: "One of the guides",
        description:
          "`/docs` links to all of them; `/docs/api` is this document. Where there is none, whoever prefers `text/html` gets a page that leads to those that there are.",
        open: true,
        path: ["page"],
        answers: {
          200: { description: "HTML that asks for nothing else.", mediaType: "text/html" },
          404: { description: "There is no such page.", mediaType: "text/html", orProblem: "NOT_FOUND" },
        },
      }),
      (c) => page(c, c.req.param("page")),
    )
    .all("/docs/:page", getOnly)
    .get("/docs/*", missing);
}

/** A person's browser names HTML first; a program that names nothing gets what it gets from every other path. */
function prefersPage(c: Context<ApiEnv>): boolean {
  const supports = ["application/problem+json", "application/json", "text/html"];
  return accepts(c, { header: "Accept", supports, default: "application/problem+json" }) === "text/html";
}

const PAGE_WITH_SLASH = /^(\/docs(?:\/[^/]+)?)\/+$/;

/** What a person types. The answer names the path alone: behind a proxy the host and the scheme are others. */
const withoutSlashAtEnd: MiddlewareHandler<ApiEnv> = async (c, next) => {
  const { pathname, search } = new URL(c.req.url);
  const [, page] = PAGE_WITH_SLASH.exec(pathname) ?? [];
  return page !== undefined && /^(?:GET|HEAD)$/.test(c.req.method) ? c.redirect(page + search, 308) : next();
};
