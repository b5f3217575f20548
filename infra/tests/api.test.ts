/** API Gateway in front of the API function. */
import { describe, expect, test } from "vitest";
import { evaluated } from "../testing/evaluated.ts";
import { only } from "../testing/graph.ts";

describe.each([
  { label: "personal", origin: "https://d111111abcdef8.cloudfront.net", rate: 100, burst: 100 },
  { label: "production", origin: "https://homing.example.com", rate: 1_000, burst: 1_000 },
  { label: "dev", origin: "http://localhost:5173", rate: 100, burst: 100 },
] as const)("$label", ({ label, origin, rate, burst }) => {
  const { graph } = evaluated(label);

  test("browsers may call the API from the dashboard's origin only", () => {
    expect(only(graph, "aws:apigatewayv2/api:Api").inputs).toMatchObject({
      protocolType: "HTTP",
      corsConfiguration: {
        allowOrigins: [origin],
        allowMethods: ["GET", "POST", "PATCH", "DELETE"],
        allowHeaders: ["authorization", "content-type", "idempotency-key", "x-correlation-id"],
        exposeHeaders: [
          "allow",
          "idempotent-replayed",
          "ratelimit",
          "ratelimit-policy",
          "retry-after",
          "x-correlation-id",
        ],
        maxAge: 3_600,
      },
    });
  });

  test("calls are limited in rate, and each leaves a line in the access log", () => {
    const stage = only(graph, "aws:apigatewayv2/stage:Stage").inputs;
    expect(stage).toMatchObject({
      name: "$default",
      autoDeploy: true,
      defaultRouteSettings: { throttlingRateLimit: rate, throttlingBurstLimit: burst },
    });
    const log = only(graph, "aws:cloudwatch/logGroup:LogGroup", "GatewayAccessLog");
    const { destinationArn, format } = stage.accessLogSettings as { destinationArn: string; format: string };
    expect(destinationArn).toBe(`arn:aws:logs:us-east-1:123456789012:log-group:${log.inputs.name}`);
    expect(Object.keys(JSON.parse(format))).toEqual(
      expect.arrayContaining(["requestTime", "requestId", "httpMethod", "path", "status", "responseLatency"]),
    );
    expect(format).not.toMatch(/authorization|querystring/i);
  });

  test("one route hands every call to the API function, in payload format 2.0", () => {
    expect(only(graph, "aws:apigatewayv2/route:Route").inputs).toMatchObject({
      routeKey: "$default",
      authorizationType: "NONE",
    });
    expect(only(graph, "aws:apigatewayv2/integration:Integration").inputs).toMatchObject({
      integrationType: "AWS_PROXY",
      payloadFormatVersion: "2.0",
      integrationUri: `arn:aws:lambda:us-east-1:123456789012:function:${only(graph, "aws:lambda/function:Function", "Api").inputs.name}`,
    });
  });
});

test("production answers on api.<domain>, under a certificate of its own", () => {
  const domain = only(evaluated("production").graph, "aws:apigatewayv2/domainName:DomainName").inputs;
  expect(domain).toMatchObject({
    domainName: "api.homing.example.com",
    domainNameConfiguration: { endpointType: "REGIONAL", securityPolicy: "TLS_1_2" },
  });
});
