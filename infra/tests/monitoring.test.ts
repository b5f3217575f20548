/** The alarms, whom they tell, and the runbook that says what to do. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { ALARM_METRICS } from "../../bench/numbers/costs.ts";
import { evaluated } from "../testing/evaluated.ts";
import { ofType, only } from "../testing/graph.ts";

/** Statistic, period in seconds, "n of m" periods, threshold; all ring above it. */
const ALARMS = {
  RollbackFailures: "Homing RollbackFailures Sum 60 1 of 1 > 0",
  SendFailures: "expression 60 3 of 5 > 5",
  DeadLettered: "Homing DeadLettered Sum 300 1 of 1 > 0",
  DeadLetterQueueNotEmpty: "expression 300 3 of 3 > 0",
  OldestOverdueSeconds: "Homing OldestOverdueSeconds Maximum 60 3 of 5 > 300, silence rings",
  OldestFailingSeconds: "Homing OldestFailingSeconds Maximum 300 1 of 1 > 3600",
  LanesBlocked: "Homing LanesBlocked Maximum 300 1 of 1 > 0",
  OldestHeldUpSeconds: "Homing OldestHeldUpSeconds Maximum 300 1 of 1 > 3600",
  EndpointsDisabled: "expression 300 1 of 1 > 0",
  QueueAge: "AWS/SQS ApproximateAgeOfOldestMessage Maximum 60 5 of 5 > 1200",
  AttemptsFailing: "expression 300 3 of 3 > 50",
  MessagesFailed: "expression 900 1 of 1 > 5",
  Api5xx: "expression 300 1 of 1 > 1",
  ApiErrors: "AWS/Lambda Errors Sum 300 2 of 3 > 0",
  ApiThrottles: "AWS/Lambda Throttles Sum 300 2 of 3 > 0",
  WorkerErrors: "AWS/Lambda Errors Sum 300 2 of 3 > 0",
  WorkerThrottles: "AWS/Lambda Throttles Sum 300 2 of 3 > 0",
  DeadLetterErrors: "AWS/Lambda Errors Sum 300 2 of 3 > 0",
  DeadLetterThrottles: "AWS/Lambda Throttles Sum 300 2 of 3 > 0",
  ReconcilerErrors: "AWS/Lambda Errors Sum 300 2 of 3 > 0",
  ReconcilerThrottles: "AWS/Lambda Throttles Sum 300 2 of 3 > 0",
};

/** Design, §5. */
const OUR_METRICS = [
  "MessagesAccepted",
  "MessagesDuplicate",
  "SendRetries",
  "SendFailures",
  "Rollbacks",
  "RollbackFailures",
  "Deliveries",
  "DeliveryDuration",
  "EndToEndLatency",
  "AttemptsUnknown",
  "Reconciled",
  "DeadLettered",
  "OldestOverdueSeconds",
  "LanesAdvanced",
  "LanesBlocked",
  "OldestHeldUpSeconds",
  "MessagesSkipped",
  "MessagesHeld",
  "MessagesThrottled",
  "EndpointsDisabled",
  "OldestFailingSeconds",
  "GatesSet",
  "GatesLifted",
];

interface Alarm {
  readonly name: string;
  readonly namespace?: string;
  readonly metricName?: string;
  readonly statistic?: string;
  readonly period?: number;
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm?: number;
  readonly threshold: number;
  readonly comparisonOperator: string;
  readonly treatMissingData: string;
  readonly alarmActions: string[];
  readonly okActions: string[];
  readonly dimensions?: Record<string, string>;
  readonly metricQueries?: {
    readonly expression?: string;
    readonly metric?: {
      namespace: string;
      metricName: string;
      dimensions: Record<string, string>;
      period: number;
    };
  }[];
}

describe.each([
  { label: "personal", service: "homing-ada" },
  { label: "production", service: "homing-production" },
] as const)("$label", ({ label, service }) => {
  const { graph } = evaluated(label);
  const alarms = ofType(graph, "aws:cloudwatch/metricAlarm:MetricAlarm").map(
    ({ inputs }) => inputs as unknown as Alarm,
  );

  test("these alarms, with these thresholds", () => {
    expect(
      Object.fromEntries(alarms.map((alarm) => [alarm.name.replace(`${service}-`, ""), inWords(alarm)])),
    ).toEqual(ALARMS);
  });

  test("each tells the topic when it begins and when it is over", () => {
    const topic = `arn:aws:sns:us-east-1:123456789012:${service}-alarms`;
    for (const { alarmActions, okActions } of alarms) {
      expect({ alarmActions, okActions }).toEqual({ alarmActions: [topic], okActions: [topic] });
    }
  });

  test("alarms on our own metrics watch this stage only, not another stage of the same account", () => {
    const own = alarms.flatMap((alarm) => [
      ...(alarm.namespace === "Homing" ? [alarm.dimensions?.service] : []),
      ...(alarm.metricQueries ?? []).flatMap(({ metric }) =>
        metric?.namespace === "Homing" ? [metric.dimensions.service] : [],
      ),
    ]);
    expect(own).toHaveLength(20);
    expect(new Set(own)).toEqual(new Set([service]));
  });

  test("failed sends are counted whatever their code", () => {
    const queries = alarms.find(({ name }) => name.endsWith("-SendFailures"))?.metricQueries ?? [];
    expect(queries[0]?.expression).toBe(
      "100*SUM([failure0,failure1,failure2,failure3,failure4,failure5])/SUM([accepted,failure0,failure1,failure2,failure3,failure4,failure5])",
    );
    expect(queries.flatMap(({ metric }) => metric?.dimensions.errorCode ?? []).sort()).toEqual([
      "QUEUE_DENIED",
      "QUEUE_MISSING",
      "QUEUE_REJECTED_CONTENT",
      "QUEUE_THROTTLED",
      "QUEUE_UNAVAILABLE",
      "UNCLASSIFIED",
    ]);
  });

  test("a few failures among few deliveries ring nobody", () => {
    const expressionOf = (name: string) =>
      alarms.find((alarm) => alarm.name.endsWith(`-${name}`))?.metricQueries?.[0]?.expression;
    expect(expressionOf("AttemptsFailing")).toBe(
      "IF(SUM([retry,failed])>=20,100*SUM([retry,failed])/SUM([succeeded,retry,failed]),0)",
    );
    expect(expressionOf("MessagesFailed")).toBe("IF(failed>=10,100*failed/SUM([succeeded,failed]),0)");
  });

  test("what alarms cost is reckoned with as many metrics as they watch", () => {
    const watched = alarms.flatMap(({ metricName, metricQueries = [] }) => [
      ...(metricName === undefined ? [] : [metricName]),
      ...metricQueries.flatMap(({ metric }) => metric?.metricName ?? []),
    ]);
    expect(watched).toHaveLength(ALARM_METRICS);
  });

  test("alarms on AWS's metrics watch resources that exist", () => {
    const names = new Set(
      [...ofType(graph, "aws:lambda/function:Function"), ...ofType(graph, "aws:sqs/queue:Queue")].map(
        ({ inputs }) => String(inputs.name),
      ),
    );
    names.add(only(graph, "aws:apigatewayv2/api:Api").id);
    const watched = alarms
      .flatMap((alarm) => [alarm, ...(alarm.metricQueries ?? []).flatMap(({ metric }) => metric ?? [])])
      .filter(({ namespace }) => namespace?.startsWith("AWS/"))
      .flatMap(({ dimensions }) => Object.values(dimensions ?? {}));
    expect(watched).toHaveLength(13);
    expect(watched.filter((name) => !names.has(name))).toEqual([]);
  });

  test("the runbook has a section for each alarm, and none for alarms that there are not", () => {
    const runbook = readFileSync(new URL("../../docs/runbook.md", import.meta.url), "utf8");
    const sections = [...runbook.matchAll(/^### (.+)$/gm)].flatMap(([, title = ""]) => title.split(", "));
    expect(sections.sort()).toEqual(Object.keys(ALARMS).sort());
  });

  test("a dashboard shows them, in widgets that do not overlap", () => {
    const { dashboardName, dashboardBody } = only(graph, "aws:cloudwatch/dashboard:Dashboard").inputs;
    expect(dashboardName).toBe(`${service}-us-east-1`);
    const { widgets } = JSON.parse(String(dashboardBody)) as {
      widgets: {
        x: number;
        y: number;
        properties: { title: string; region: string; metrics: unknown[][] };
      }[];
    };
    expect(new Set(widgets.map(({ x, y }) => `${x},${y}`)).size).toBe(widgets.length);
    expect(new Set(widgets.map(({ properties }) => properties.region))).toEqual(new Set(["us-east-1"]));
    const shown = JSON.stringify(widgets.map(({ properties }) => properties.metrics));
    for (const metric of OUR_METRICS) expect(shown).toMatch(new RegExp(`\\b${metric}\\b`));
  });
});

test("production mails the operators; a stage without an address mails nobody", () => {
  const subscriptions = (label: "production" | "personal") =>
    ofType(evaluated(label).graph, "aws:sns/topicSubscription:TopicSubscription").map(({ inputs }) => [
      inputs.protocol,
      inputs.endpoint,
      inputs.topic,
    ]);
  expect(subscriptions("production")).toEqual([
    ["email", "operators@example.com", "arn:aws:sns:us-east-1:123456789012:homing-production-alarms"],
  ]);
  expect(subscriptions("personal")).toEqual([]);
});

function inWords(alarm: Alarm): string {
  expect(alarm.comparisonOperator).toBe("GreaterThanThreshold");
  const metric = alarm.metricName
    ? `${alarm.namespace} ${alarm.metricName} ${alarm.statistic}`
    : "expression";
  const period = alarm.period ?? alarm.metricQueries?.find((query) => query.metric)?.metric?.period;
  const datapoints = alarm.datapointsToAlarm ?? alarm.evaluationPeriods;
  const silence = alarm.treatMissingData === "breaching" ? ", silence rings" : "";
  return `${metric} ${period} ${datapoints} of ${alarm.evaluationPeriods} > ${alarm.threshold}${silence}`;
}
