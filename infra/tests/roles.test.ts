/** Every statement of every role, by hand: whoever widens one has to write it here too. */
import { describe, expect, test } from "vitest";
import { evaluated, type StageLabel } from "../testing/evaluated.ts";
import { type Graph, ofType } from "../testing/graph.ts";

const LOGS = ["logs:CreateLogStream", "logs:PutLogEvents"];

const API_ROLE = [
  [
    "Allow",
    [
      "dynamodb:BatchGetItem",
      "dynamodb:BatchWriteItem",
      "dynamodb:GetItem",
      "dynamodb:PutItem",
      "dynamodb:Query",
      "dynamodb:UpdateItem",
    ],
    ["Table"],
  ],
  [
    "Allow",
    ["dynamodb:Query"],
    [
      "Table/index/attention",
      "Table/index/due",
      "Table/index/endpoint",
      "Table/index/list",
      "Table/index/sender",
    ],
  ],
  ["Allow", ["sqs:GetQueueAttributes", "sqs:SendMessage"], ["Queue"]],
  ["Allow", ["sqs:GetQueueAttributes"], ["DeadLetterQueue"]],
  ["Allow", LOGS, ["logs of Api"]],
];

const WORKER_ROLE = [
  [
    "Allow",
    [
      "dynamodb:BatchGetItem",
      "dynamodb:GetItem",
      "dynamodb:PutItem",
      "dynamodb:Query",
      "dynamodb:UpdateItem",
    ],
    ["Table"],
  ],
  ["Allow", ["dynamodb:Query"], ["Table/index/endpoint"]],
  [
    "Allow",
    ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage", "sqs:SendMessage"],
    ["Queue"],
  ],
  ["Allow", LOGS, ["logs of Worker"]],
];

const DEAD_LETTER_ROLE = [
  ["Allow", ["dynamodb:GetItem", "dynamodb:UpdateItem"], ["Table"]],
  ["Allow", ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"], ["DeadLetterQueue"]],
  ["Allow", LOGS, ["logs of DeadLetter"]],
];

const RECONCILER_ROLE = [
  [
    "Allow",
    [
      "dynamodb:BatchGetItem",
      "dynamodb:GetItem",
      "dynamodb:PutItem",
      "dynamodb:Query",
      "dynamodb:UpdateItem",
    ],
    ["Table"],
  ],
  ["Allow", ["dynamodb:Query"], ["Table/index/attention", "Table/index/due", "Table/index/list"]],
  ["Allow", ["sqs:SendMessage"], ["Queue"]],
  ["Allow", LOGS, ["logs of Reconciler"]],
];

const SCHEDULE_ROLE = [["Allow", ["lambda:InvokeFunction"], ["function Reconciler"]]];

const FUNCTION_ROLES = {
  ApiRole: API_ROLE,
  WorkerRole: WORKER_ROLE,
  DeadLetterRole: DEAD_LETTER_ROLE,
  ReconcilerRole: RECONCILER_ROLE,
};

/** What `sst dev` adds, so that an invocation reaches the developer's machine. SST's own; personal stages only. */
const DEV_BRIDGE = [
  ["Allow", ["appsync:*"], ["*"]],
  ["Allow", ["s3:*"], ["arn:aws:s3:::sst-asset-test", "arn:aws:s3:::sst-asset-test/*"]],
];

const EXPECTED: Readonly<Record<StageLabel, Readonly<Record<string, unknown>>>> = {
  personal: { ...FUNCTION_ROLES, ReconcilerCronRole: SCHEDULE_ROLE },
  production: { ...FUNCTION_ROLES, ReconcilerCronRole: SCHEDULE_ROLE },
  dev: {
    ApiRole: withBridge(API_ROLE),
    WorkerRole: withBridge(WORKER_ROLE),
    DeadLetterRole: withBridge(DEAD_LETTER_ROLE),
    ReconcilerRole: withBridge(RECONCILER_ROLE),
    ReconcilerCronRole: SCHEDULE_ROLE,
  },
};

describe.each(["personal", "production", "dev"] as const)("%s", (label) => {
  const { graph } = evaluated(label);
  const roles = ofType(graph, "aws:iam/role:Role");

  test("each role has exactly these statements", () => {
    const statements = Object.fromEntries(
      roles.map(({ name, inputs }) => [
        name,
        inlinePolicies(inputs).flatMap((policy) => statementsOf(policy, graph)),
      ]),
    );
    expect(statements).toEqual(EXPECTED[label]);
  });

  test("rights come from nowhere else: no managed policy, no attached policy, no user, no key", () => {
    expect(roles.flatMap(({ inputs }) => inputs.managedPolicyArns ?? [])).toEqual([]);
    const identities = graph.resources.filter(({ type }) => type.startsWith("aws:iam/"));
    expect(new Set(identities.map(({ type }) => type))).toEqual(new Set(["aws:iam/role:Role"]));
  });

  test("no queue and no topic has a policy of its own that lets others in", () => {
    expect(ofType(graph, "aws:sqs/queuePolicy:QueuePolicy")).toEqual([]);
    expect(ofType(graph, "aws:sns/topicPolicy:TopicPolicy")).toEqual([]);
  });

  test("only API Gateway may invoke a function from outside, and only the API, for its own gateway", () => {
    const permissions = ofType(graph, "aws:lambda/permission:Permission").map(({ inputs }) => ({
      action: inputs.action,
      principal: inputs.principal,
      function: logicalNames(graph)(String(inputs.function)),
      sourceArn: inputs.sourceArn,
    }));
    expect(permissions).toEqual([
      {
        action: "lambda:InvokeFunction",
        principal: "apigateway.amazonaws.com",
        function: "function Api",
        sourceArn: "arn:aws:execute-api:us-east-1:123456789012:GatewayApi/*",
      },
    ]);
  });
});

describe.each(["personal", "production"] as const)("%s, deployed", (label) => {
  test("functions are trusted to Lambda alone, the schedule to the scheduler alone", () => {
    const trust = Object.fromEntries(
      ofType(evaluated(label).graph, "aws:iam/role:Role").map(({ name, inputs }) => [name, trustOf(inputs)]),
    );
    expect(trust).toEqual({
      ApiRole: [{ Service: "lambda.amazonaws.com" }],
      WorkerRole: [{ Service: "lambda.amazonaws.com" }],
      DeadLetterRole: [{ Service: "lambda.amazonaws.com" }],
      ReconcilerRole: [{ Service: "lambda.amazonaws.com" }],
      ReconcilerCronRole: [{ Service: "scheduler.amazonaws.com" }],
    });
  });
});

test("only under sst dev may the developer's own account assume a function's role", () => {
  const role = ofType(evaluated("dev").graph, "aws:iam/role:Role").find(({ name }) => name === "WorkerRole");
  expect(trustOf(role?.inputs ?? {})).toEqual([
    { Service: ["lambda.amazonaws.com"], AWS: ["arn:aws:iam::123456789012:root"] },
  ]);
});

function withBridge(role: readonly unknown[]): readonly unknown[] {
  return [...role, ...DEV_BRIDGE];
}

interface Statement {
  readonly Effect: string;
  readonly Action: string[];
  readonly Resource: string[];
  readonly Principal?: unknown;
}

function inlinePolicies(inputs: Readonly<Record<string, unknown>>): readonly string[] {
  return (inputs.inlinePolicies as { policy: string }[]).map(({ policy }) => policy);
}

function statementsOf(policy: string, graph: Graph): unknown[] {
  const nameOf = logicalNames(graph);
  return (JSON.parse(policy) as { Statement: Statement[] }).Statement.map(
    ({ Effect, Action, Resource, ...rest }) => {
      expect(rest).toEqual({});
      return [Effect, [...Action].sort(), Resource.map(nameOf).sort()];
    },
  );
}

function trustOf(inputs: Readonly<Record<string, unknown>>): unknown[] {
  const policy = inputs.assumeRolePolicy;
  const document = (typeof policy === "string" ? JSON.parse(policy) : policy) as { Statement: Statement[] };
  return document.Statement.map(({ Principal }) => Principal);
}

/** Turns the ARN of one of our own resources into its name in infra/; leaves every other text alone. */
function logicalNames(graph: Graph): (arn: string) => string {
  const prefixes: [prefix: string, name: string][] = [
    ...ofType(graph, "aws:dynamodb/table:Table").map(({ inputs }): [string, string] => [
      `arn:aws:dynamodb:us-east-1:123456789012:table/${inputs.name}`,
      "Table",
    ]),
    ...ofType(graph, "aws:sqs/queue:Queue").map(({ name, inputs }): [string, string] => [
      `arn:aws:sqs:us-east-1:123456789012:${inputs.name}`,
      name.replace(/Queue$/, ""),
    ]),
    ...ofType(graph, "aws:lambda/function:Function").map(({ name, inputs }): [string, string] => [
      `arn:aws:lambda:us-east-1:123456789012:function:${inputs.name}`,
      `function ${name.replace(/Function$/, "")}`,
    ]),
    ...ofType(graph, "aws:cloudwatch/logGroup:LogGroup").map(({ name, inputs }): [string, string] => [
      `arn:aws:logs:us-east-1:123456789012:log-group:${inputs.name}:*`,
      `logs of ${name.replace(/Logs$/, "")}`,
    ]),
  ];
  return (arn) => {
    const found = prefixes.find(([prefix]) => arn === prefix || arn.startsWith(`${prefix}/`));
    return found ? found[1] + arn.slice(found[0].length) : arn;
  };
}
