/** The dashboard and the origin that it shares with the API. */
import { describe, expect, test } from "vitest";
import { evaluated } from "../testing/evaluated.ts";
import { type Graph, ofType, only, type Resource } from "../testing/graph.ts";

const HEADERS_POLICY = "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy";

describe.each([
  {
    label: "personal",
    stage: "ada",
    origin: "https://d111111abcdef8.cloudfront.net",
    api: "gatewayapi.execute-api.us-east-1.amazonaws.com",
  },
  {
    label: "production",
    stage: "production",
    origin: "https://homing.example.com",
    api: "api.homing.example.com",
  },
] as const)("$label", ({ label, stage, origin, api }) => {
  const { graph } = evaluated(label);

  test("the dashboard is built with the API's address, which is its own origin, and with its stage", () => {
    const builder = only(graph, "command:local:Command").inputs;
    expect(builder).toMatchObject({
      create: "npm run build",
      environment: { VITE_API_URL: origin, VITE_STAGE: stage },
    });
    expect(String(builder.dir)).toMatch(/\/packages\/web$/);
  });

  test("/v1 and /docs of that origin go to API Gateway, everything else to the dashboard", () => {
    const routes = routesOf(graph);
    expect(routes).toEqual({ "/v1": api, "/docs": api, "": "dashboard" });
  });

  test("paths that are no file get the dashboard's page, so that its links can be opened", () => {
    const keys = only(graph, "pulumi-nodejs:dynamic:Resource", "DashboardKvKeys").inputs;
    const metadata = JSON.parse((keys.entries as { metadata: string }).metadata) as { custom404: string };
    expect(metadata.custom404).toBe("/index.html");
  });

  test("browsers keep for ever only what is named after its contents", () => {
    const { files } = only(graph, "pulumi-nodejs:dynamic:Resource", "DashboardAssetFiles").inputs as {
      files: { key: string; cacheControl: string }[];
    };
    expect(Object.fromEntries(files.map(({ key, cacheControl }) => [key, cacheControl]))).toEqual({
      "index.html": "no-cache",
      "theme.js": "no-cache",
      "assets/index-BPgc-new.js": "max-age=31536000,public,immutable",
    });
  });

  test("HTTP is sent to HTTPS, and every answer carries the security headers", () => {
    const behavior = only(graph, "aws:cloudfront/distribution:Distribution").inputs.defaultCacheBehavior;
    const headers = only(graph, HEADERS_POLICY, "EdgeHeaders");
    expect(behavior).toMatchObject({
      viewerProtocolPolicy: "redirect-to-https",
      responseHeadersPolicyId: headers.id,
    });
    expect(headers.inputs.securityHeadersConfig).toMatchObject({
      contentTypeOptions: { override: true },
      frameOptions: { frameOption: "DENY", override: true },
      referrerPolicy: { referrerPolicy: "no-referrer", override: true },
      strictTransportSecurity: {
        accessControlMaxAgeSec: 63_072_000,
        includeSubdomains: true,
        override: true,
      },
    });
  });

  test("scripts, styles and calls come from and go to the own origin only; nothing may frame the page", () => {
    const directives = directivesOf(only(graph, HEADERS_POLICY, "EdgeHeaders"));
    expect(directives).toEqual({
      "default-src": "'none'",
      "script-src": "'self'",
      "style-src": "'self'",
      "img-src": "'self' data:",
      "font-src": "'self'",
      "connect-src": "'self'",
      "manifest-src": "'self'",
      "base-uri": "'none'",
      "form-action": "'none'",
      "frame-ancestors": "'none'",
    });
  });

  test("an answer to one key is never shared with another: the key is part of the cache key", () => {
    const policy = only(graph, "aws:cloudfront/cachePolicy:CachePolicy");
    expect(policy.inputs).toMatchObject({
      minTtl: 0,
      defaultTtl: 0,
      parametersInCacheKeyAndForwardedToOrigin: {
        headersConfig: {
          headerBehavior: "whitelist",
          headers: { items: expect.arrayContaining(["authorization"]) },
        },
        queryStringsConfig: { queryStringBehavior: "all" },
      },
    });
    expect(only(graph, "aws:cloudfront/distribution:Distribution").inputs.defaultCacheBehavior).toMatchObject(
      {
        cachePolicyId: policy.id,
      },
    );
  });

  test("the bucket is closed to everybody but CloudFront, over TLS", () => {
    expect(only(graph, "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock").inputs).toMatchObject({
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    const policy = JSON.parse(String(only(graph, "aws:s3/bucketPolicy:BucketPolicy").inputs.policy)) as {
      Statement: { Effect: string; Action: string[]; Principal: object; Condition?: object }[];
    };
    expect(policy.Statement.map(({ Effect, Action, Principal }) => [Effect, Action, Principal])).toEqual([
      ["Allow", ["s3:GetObject"], { Service: ["cloudfront.amazonaws.com"] }],
      ["Deny", ["s3:*"], { "*": ["*"] }],
    ]);
    expect(policy.Statement[1]?.Condition).toEqual({ Bool: { "aws:SecureTransport": ["false"] } });
  });
});

test("nobody may frame the portal unless the stage names them: there is nothing that says otherwise", () => {
  const { graph } = evaluated("personal");
  expect(ofType(graph, HEADERS_POLICY).map(({ name }) => name)).toEqual(["EdgeHeaders"]);
  expect(only(graph, "aws:cloudfront/distribution:Distribution").inputs.orderedCacheBehaviors ?? []).toEqual(
    [],
  );
});

test("those whom the stage names may frame the portal's pages, which differ from others in nothing else", () => {
  const { graph } = evaluated("production");
  const { defaultCacheBehavior, orderedCacheBehaviors } = only(
    graph,
    "aws:cloudfront/distribution:Distribution",
  ).inputs;
  const headers = only(graph, HEADERS_POLICY, "PortalHeaders");
  expect(orderedCacheBehaviors).toEqual(
    ["/portal", "/portal/*"].map((pathPattern) => ({
      ...(defaultCacheBehavior as object),
      pathPattern,
      responseHeadersPolicyId: headers.id,
    })),
  );
  const everywhere = only(graph, HEADERS_POLICY, "EdgeHeaders");
  expect(directivesOf(headers)).toEqual({
    ...directivesOf(everywhere),
    "frame-ancestors": "https://app.example.com https://*.example.org",
  });
  // It knows no list of origins, and would contradict.
  const { frameOptions: _, ...kept } = everywhere.inputs.securityHeadersConfig as Record<string, unknown>;
  expect(headers.inputs.securityHeadersConfig).toEqual({
    ...kept,
    contentSecurityPolicy: expect.anything(),
  });
  expect(headers.inputs.customHeadersConfig).toEqual(everywhere.inputs.customHeadersConfig);
});

test("production has the domain as its alias, with a modern TLS minimum", () => {
  expect(
    only(evaluated("production").graph, "aws:cloudfront/distribution:Distribution").inputs,
  ).toMatchObject({
    aliases: ["homing.example.com"],
    viewerCertificate: { minimumProtocolVersion: "TLSv1.2_2021", sslSupportMethod: "sni-only" },
  });
});

/** The directives of a content security policy, by name. */
function directivesOf({ inputs }: Resource): Record<string, string> {
  const { contentSecurityPolicy } = inputs.securityHeadersConfig as {
    contentSecurityPolicy: { contentSecurityPolicy: string };
  };
  return Object.fromEntries(
    contentSecurityPolicy.contentSecurityPolicy
      .split("; ")
      .map((directive) => [directive.split(" ")[0], directive.split(" ").slice(1).join(" ")]),
  );
}

/** Path of each route of the shared origin, with where it leads. */
function routesOf(graph: Graph): Record<string, string> {
  const inputs = ofType(graph, "pulumi-nodejs:dynamic:Resource").map((resource) => resource.inputs);
  const hosts = new Map(
    inputs
      .filter((input) => typeof input.namespace === "string" && isRecord(input.entries))
      .map((input) => {
        const { metadata } = input.entries as { metadata: string };
        return [String(input.namespace), (JSON.parse(metadata) as { host?: string }).host ?? "dashboard"];
      }),
  );
  const entries = inputs
    .filter((input) => input.key === "routes")
    .map((input) => String(input.entry).split(","));
  return Object.fromEntries(
    entries.map(([, namespace = "", , path = ""]) => [path, hosts.get(namespace) ?? "nowhere"]),
  );
}

function isRecord(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}
