/** `sst dev`: functions run on the developer's machine, and a breakpoint must not time out. */
import { expect, test } from "vitest";
import { evaluated } from "../testing/evaluated.ts";
import { ofType, only } from "../testing/graph.ts";

const { graph } = evaluated("dev");

test("every function may pause for Lambda's longest time", () => {
  const timeouts = ofType(graph, "aws:lambda/function:Function").map(({ inputs }) => inputs.timeout);
  expect(timeouts).toEqual([900, 900, 900, 900]);
});

test("a copy and its claim outlive a breakpoint of ten minutes, and targets on this machine are allowed", () => {
  const { environment } = only(graph, "aws:lambda/function:Function", "WorkerFunction").inputs;
  const { variables } = environment as { variables: Record<string, string> };
  expect(variables).toMatchObject({
    HOMING_DELIVERY_TIMEOUT: "5m",
    HOMING_LEASE: "10m",
    HOMING_VISIBILITY_TIMEOUT: "90m",
    HOMING_QUEUE_DEADLINE: "5m",
    HOMING_ALLOW_PRIVATE_TARGETS: "127.0.0.0/8,::1/128",
    POWERTOOLS_LOG_LEVEL: "DEBUG",
  });
});

test("the variable through which a debugger attaches to Node stays free", () => {
  for (const { inputs } of ofType(graph, "aws:lambda/function:Function")) {
    const { variables } = inputs.environment as { variables: Record<string, string> };
    expect(variables).not.toHaveProperty("NODE_OPTIONS");
  }
});

test("panes for the dashboard, which calls the deployed API, and for a receiver to deliver to", () => {
  const panes = Object.fromEntries(
    Object.entries(graph.registered).flatMap(([name, outputs]) =>
      outputs._dev ? [[name, outputs._dev]] : [],
    ),
  );
  expect(panes).toMatchObject({
    Dashboard: {
      title: "Dashboard",
      command: "npm run dev",
      directory: "packages/web",
      autostart: true,
      environment: {
        VITE_API_URL: "https://gatewayapi.execute-api.us-east-1.amazonaws.com",
        VITE_STAGE: "ada",
      },
    },
    Receiver: { title: "Receiver", command: "node packages/local/src/receiver.ts", autostart: true },
  });
});

test("no distribution and no bucket for the dashboard, and no alarm on metrics that never reach AWS", () => {
  const types = new Set(graph.resources.map(({ type }) => type));
  for (const type of [
    "aws:cloudfront/distribution:Distribution",
    "aws:s3/bucket:Bucket",
    "aws:cloudwatch/metricAlarm:MetricAlarm",
  ]) {
    expect(types).not.toContain(type);
  }
});
