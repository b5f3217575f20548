/**
 * The one public origin of dashboard and API.
 *
 * The dashboard must know the API's address when it is built, and the API must know the dashboard's origin
 * for CORS: a circle. It is cut by making the distribution first, which depends on neither; the API then
 * allows its origin, and both are attached to it as routes (web.ts). The dashboard so talks to its own
 * origin, as on the local stack, and its content security policy can say 'self'.
 */
import { frameAncestorsOf } from "../packages/core/src/portal-origins.ts";
import { stage } from "./this-stage.ts";

const CONTENT_SECURITY_POLICY = (frameAncestors: string) =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    `frame-ancestors ${frameAncestors}`,
  ].join("; ");

const TWO_YEARS_SECONDS = 2 * 365 * 24 * 60 * 60;

/** Where `npm run dev` serves the dashboard. */
const LOCAL_DASHBOARD = "http://localhost:5173";

/** Absent under `sst dev`: the dashboard runs on the developer's machine there. */
export const edge = $dev ? undefined : createEdge();

export const dashboardOrigin = edge ? edge.url : $output(LOCAL_DASHBOARD);

/** For the API, whose links to the portal lead there. */
export const dashboardLink = new sst.Linkable("HomingDashboard", { properties: { url: dashboardOrigin } });

/** The portal's pages, and no other that begins like them. */
const PORTAL_PATHS = ["/portal", "/portal/*"];

function securityHeaders(
  logicalName: string,
  suffix: string,
  comment: string,
  portalOrigins: readonly string[],
): aws.cloudfront.ResponseHeadersPolicy {
  return new aws.cloudfront.ResponseHeadersPolicy(logicalName, {
    // CloudFront's names are the account's, whatever the region: the same stage may exist in another one.
    name: $interpolate`${$app.name}-${$app.stage}-${aws.getRegionOutput().region}-${suffix}`,
    comment,
    securityHeadersConfig: {
      // Not overriding: the API's documentation page sends a policy of its own.
      contentSecurityPolicy: {
        contentSecurityPolicy: CONTENT_SECURITY_POLICY(frameAncestorsOf(portalOrigins)),
        override: false,
      },
      contentTypeOptions: { override: true },
      // The older way to say so knows no list of origins.
      ...(portalOrigins.length === 0 ? { frameOptions: { frameOption: "DENY", override: true } } : {}),
      referrerPolicy: { referrerPolicy: "no-referrer", override: true },
      strictTransportSecurity: {
        accessControlMaxAgeSec: TWO_YEARS_SECONDS,
        includeSubdomains: true,
        override: true,
      },
    },
    customHeadersConfig: {
      items: [
        {
          header: "permissions-policy",
          value: "camera=(), geolocation=(), microphone=(), payment=()",
          override: true,
        },
        { header: "cross-origin-opener-policy", value: "same-origin", override: true },
      ],
    },
  });
}

function createEdge(): sst.aws.Router {
  const headers = securityHeaders("EdgeHeaders", "headers", "Security headers of the dashboard", []);
  const portalHeaders =
    stage.portalOrigins.length === 0
      ? undefined
      : securityHeaders(
          "PortalHeaders",
          "portal-headers",
          "Security headers of the portal, which others may show in a frame",
          stage.portalOrigins,
        );

  return new sst.aws.Router("Edge", {
    ...(stage.domain ? { domain: stage.domain } : {}),
    transform: {
      // CloudFront may answer simultaneous requests with one cache key from one response of the origin, so
      // the key has to tell callers apart.
      cachePolicy: (policy) => {
        policy.parametersInCacheKeyAndForwardedToOrigin = $output(
          policy.parametersInCacheKeyAndForwardedToOrigin,
        ).apply((parameters) => ({
          ...parameters,
          headersConfig: {
            ...parameters.headersConfig,
            headers: { items: [...(parameters.headersConfig.headers?.items ?? []), "authorization"] },
          },
        }));
        return undefined;
      },
      cdn: (cdn) => {
        cdn.defaultCacheBehavior = $output(cdn.defaultCacheBehavior).apply((behavior) => ({
          ...behavior,
          responseHeadersPolicyId: headers.id,
        }));
        if (portalHeaders) {
          cdn.orderedCacheBehaviors = $output(cdn.defaultCacheBehavior).apply((behavior) =>
            PORTAL_PATHS.map((pathPattern) => ({
              ...behavior,
              pathPattern,
              responseHeadersPolicyId: portalHeaders.id,
            })),
          );
        }
        return undefined;
      },
    },
  });
}
