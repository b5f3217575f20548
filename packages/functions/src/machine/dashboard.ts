/** Serves the built dashboard: its files, and its first page for every path that is a screen of it. */
import { readFile } from "node:fs/promises";
import { frameAncestorsOf } from "@homing/core/portal-origins";
import { serveStatic } from "@hono/node-server/serve-static";
import { Hono } from "hono";
import { secureHeaders } from "hono/secure-headers";

/** Everything from our own origin and nothing else; the deployed site sends the same. */
const CONTENT_SECURITY_POLICY = {
  defaultSrc: ["'none'"],
  scriptSrc: ["'self'"],
  styleSrc: ["'self'"],
  connectSrc: ["'self'"],
  imgSrc: ["'self'", "data:"],
  fontSrc: ["'self'"],
  baseUri: ["'none'"],
  formAction: ["'none'"],
};

/** Security headers of a page that those of `frameAncestors` may show in a frame of theirs. */
const headersFor = (frameAncestors: string) =>
  secureHeaders({
    contentSecurityPolicy: { ...CONTENT_SECURITY_POLICY, frameAncestors: [frameAncestors] },
    referrerPolicy: "no-referrer",
    // The older way to say so knows no list of origins.
    xFrameOptions: frameAncestors === NOBODY ? "DENY" : false,
  });

const NOBODY = frameAncestorsOf([]);

/**
 * The pages of the portal. The path as it was asked for, not as it can be read: `/%70ortal` is no page of the portal
 * to the dashboard, which looks at it in the same way.
 */
const PORTAL = /^\/portal(?:\/|$)/;

export function dashboard(directory: string, portalOrigins: readonly string[] = []): Hono {
  const [forAll, forPortal] = [headersFor(NOBODY), headersFor(frameAncestorsOf(portalOrigins))];
  return new Hono()
    .use((c, next) => (PORTAL.test(new URL(c.req.url).pathname) ? forPortal : forAll)(c, next))
    .get(
      "/assets/*",
      serveStatic({
        root: directory,
        onFound: (_path, c) => c.header("cache-control", "public, max-age=31536000, immutable"),
      }),
      // A page of an earlier build asks for a file that is gone: its first page would be no script.
      (c) => c.notFound(),
    )
    .get("/*", serveStatic({ root: directory }))
    .get("/*", async (c) => {
      c.header("cache-control", "no-cache");
      return c.html(await readFile(`${directory}/index.html`, "utf8"));
    });
}

/** What of an origin is the API's; everything else is the dashboard's. */
export function isApiPath(pathname: string): boolean {
  return /^\/(v1|docs)(\/|$)/.test(pathname);
}
