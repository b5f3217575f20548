/** One message as API Gateway hands it over, and as Lambda's SQS source does. */
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { OPERATOR_KEY } from "./environment.ts";

/** Of an ordinary size in every field; the body that is delivered has exactly `bodyBytes`. */
export function messageOf(bodyBytes: number, targetUrl = "https://hooks.example.com/tenants/42/orders") {
  return {
    targetUrl,
    headers: { "content-type": "application/json" },
    body: { data: "x".repeat(bodyBytes - '{"data":""}'.length) },
    senderId: "acme",
    metadata: { order: "42" },
  };
}

export function acceptEvent(body: string, idempotencyKey: string): APIGatewayProxyEventV2 {
  const domainName = "gateway.execute-api.us-east-1.amazonaws.com";
  const path = "/v1/messages";
  return {
    version: "2.0",
    routeKey: "$default",
    rawPath: path,
    rawQueryString: "",
    headers: {
      accept: "*/*",
      authorization: `Bearer ${OPERATOR_KEY}`,
      "content-type": "application/json",
      "content-length": String(Buffer.byteLength(body)),
      host: domainName,
      "idempotency-key": idempotencyKey,
      "x-amzn-trace-id": "Root=1-6920c9a0-0123456789abcdef01234567",
      "x-forwarded-for": "203.0.113.7",
      "x-forwarded-port": "443",
      "x-forwarded-proto": "https",
    },
    requestContext: {
      accountId: "123456789012",
      apiId: "gateway",
      domainName,
      domainPrefix: "gateway",
      http: {
        method: "POST",
        path,
        protocol: "HTTP/1.1",
        sourceIp: "203.0.113.7",
        userAgent: "producer/1.0",
      },
      requestId: "JKJaXmPLvHcESHA=",
      routeKey: "$default",
      stage: "$default",
      time: "22/Nov/2026:02:00:00 +0000",
      timeEpoch: 1_795_312_800_000,
    },
    body,
    isBase64Encoded: false,
  };
}
