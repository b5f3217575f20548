/** The alarms and the topic they report to. docs/runbook.md says what to do about each. */
import { MAX_DELAY_SECONDS } from "../packages/core/src/queue/queue-definition.ts";
import { api, gateway } from "./api.ts";
import { deadLetter } from "./dead-letter.ts";
import { metricsNamespace, serviceName } from "./lambda.ts";
import { deadLetterQueue, queue } from "./queue.ts";
import { reconciler } from "./reconciler.ts";
import { stage } from "./this-stage.ts";
import { worker } from "./worker.ts";

const MINUTE_SECONDS = 60;
const FIVE_MINUTES_SECONDS = 300;

/** Our codes for a failed send; an alarm cannot search for dimensions, so each is named. */
const SEND_ERROR_CODES = [
  "QUEUE_UNAVAILABLE",
  "QUEUE_THROTTLED",
  "QUEUE_DENIED",
  "QUEUE_MISSING",
  "QUEUE_REJECTED_CONTENT",
  "UNCLASSIFIED",
];

export const functions = { Api: api, Worker: worker, DeadLetter: deadLetter, Reconciler: reconciler };

export const topic = new aws.sns.Topic("Alarms", { name: `${serviceName}-alarms` });

if (stage.alarmEmail) {
  new aws.sns.TopicSubscription("AlarmsEmail", {
    topic: topic.arn,
    protocol: "email",
    endpoint: stage.alarmEmail,
  });
}

type AlarmArgs = Omit<aws.cloudwatch.MetricAlarmArgs, "comparisonOperator" | "evaluationPeriods" | "name"> & {
  readonly threshold: number;
  readonly evaluationPeriods?: number;
};

/** An alarm that rings above `threshold`, and says so again when it is over. */
function alarm(name: string, description: string, args: AlarmArgs): void {
  new aws.cloudwatch.MetricAlarm(`${name}Alarm`, {
    name: `${serviceName}-${name}`,
    alarmDescription: `${description} See docs/runbook.md, ${name}.`,
    comparisonOperator: "GreaterThanThreshold",
    evaluationPeriods: 1,
    treatMissingData: "notBreaching",
    alarmActions: [topic.arn],
    okActions: [topic.arn],
    ...args,
  });
}

/** A metric of our own, as the alarm's `metricQueries` and single-metric form take it. */
function homingMetric(metricName: string, stat: string, periodSeconds: number, dimensions = {}) {
  return {
    namespace: metricsNamespace,
    metricName,
    stat,
    period: periodSeconds,
    dimensions: { service: serviceName, ...dimensions },
  };
}

alarm("RollbackFailures", "A send failed and its rollback could not be written.", {
  namespace: metricsNamespace,
  metricName: "RollbackFailures",
  dimensions: { service: serviceName },
  statistic: "Sum",
  period: MINUTE_SECONDS,
  threshold: 0,
});

const failuresById = SEND_ERROR_CODES.map((errorCode, index) => ({
  id: `failure${index}`,
  metric: homingMetric("SendFailures", "Sum", MINUTE_SECONDS, { errorCode }),
}));
const failures = failuresById.map(({ id }) => id).join(",");

alarm("SendFailures", "More than 5% of the messages could not be put on the queue, for 3 of 5 minutes.", {
  metricQueries: [
    {
      id: "rate",
      label: "Failed sends (%)",
      // SUM skips the codes that have never occurred, where `+` would make the whole sum missing.
      expression: `100*SUM([${failures}])/SUM([accepted,${failures}])`,
      returnData: true,
    },
    { id: "accepted", metric: homingMetric("MessagesAccepted", "Sum", MINUTE_SECONDS) },
    ...failuresById,
  ],
  threshold: 5,
  evaluationPeriods: 5,
  datapointsToAlarm: 3,
});

alarm("DeadLettered", "A copy ended in the dead-letter queue: our fault, never a target's.", {
  namespace: metricsNamespace,
  metricName: "DeadLettered",
  dimensions: { service: serviceName },
  statistic: "Sum",
  // Longer than the queue's visibility: a record that stays, counted each time it is looked at, rings once.
  period: FIVE_MINUTES_SECONDS,
  threshold: 0,
});

alarm("DeadLetterQueueNotEmpty", "A record that names no message is stuck in the dead-letter queue.", {
  metricQueries: [
    { id: "stuck", label: "Records", expression: "visible+inFlight", returnData: true },
    // The consumer takes such a record again as soon as it is visible, so it is in flight nearly always.
    ...[
      { id: "visible", metricName: "ApproximateNumberOfMessagesVisible" },
      { id: "inFlight", metricName: "ApproximateNumberOfMessagesNotVisible" },
    ].map(({ id, metricName }) => ({
      id,
      metric: {
        namespace: "AWS/SQS",
        metricName,
        stat: "Maximum",
        period: FIVE_MINUTES_SECONDS,
        dimensions: { QueueName: deadLetterQueue.nodes.queue.name },
      },
    })),
  ],
  evaluationPeriods: 3,
  threshold: 0,
});

alarm("OldestOverdueSeconds", "A message is overdue by five minutes, or the reconciler does not run.", {
  namespace: metricsNamespace,
  metricName: "OldestOverdueSeconds",
  dimensions: { service: serviceName },
  statistic: "Maximum",
  period: MINUTE_SECONDS,
  evaluationPeriods: 5,
  datapointsToAlarm: 3,
  threshold: 300,
  // Each reconciler run reports, also when nothing is overdue: silence means that it has stopped.
  treatMissingData: "breaching",
});

alarm(
  "EndpointsDisabled",
  "An endpoint was disabled: its target wants no more events, or does nothing but fail.",
  {
    metricQueries: [
      { id: "disabled", label: "Endpoints", expression: "SUM([gone,failing])", returnData: true },
      ...["GONE", "FAILING"].map((reason) => ({
        id: reason.toLowerCase(),
        metric: homingMetric("EndpointsDisabled", "Sum", FIVE_MINUTES_SECONDS, { reason }),
      })),
    ],
    threshold: 0,
  },
);

alarm("OldestFailingSeconds", "Every attempt at an endpoint has failed for more than an hour.", {
  namespace: metricsNamespace,
  metricName: "OldestFailingSeconds",
  dimensions: { service: serviceName },
  statistic: "Maximum",
  period: FIVE_MINUTES_SECONDS,
  threshold: 3_600,
});

alarm("LanesBlocked", "A failed message holds up those behind it: somebody has to retry or skip it.", {
  namespace: metricsNamespace,
  metricName: "LanesBlocked",
  dimensions: { service: serviceName },
  statistic: "Maximum",
  period: FIVE_MINUTES_SECONDS,
  threshold: 0,
});

alarm("OldestHeldUpSeconds", "Messages in order have waited for one message for more than an hour.", {
  namespace: metricsNamespace,
  metricName: "OldestHeldUpSeconds",
  dimensions: { service: serviceName },
  statistic: "Maximum",
  period: FIVE_MINUTES_SECONDS,
  threshold: 3_600,
});

alarm(
  "QueueAge",
  "Copies wait on the queue for five minutes longer than any delay: the workers fall behind.",
  {
    namespace: "AWS/SQS",
    metricName: "ApproximateAgeOfOldestMessage",
    dimensions: { QueueName: queue.nodes.queue.name },
    statistic: "Maximum",
    period: MINUTE_SECONDS,
    evaluationPeriods: 5,
    // A delayed copy has an age too.
    threshold: MAX_DELAY_SECONDS + 300,
  },
);

/** Attempts by what became of them, as metric queries. */
const deliveries = (periodSeconds: number, ...outcomes: readonly string[]) =>
  outcomes.map((outcome) => ({
    id: outcome.toLowerCase(),
    metric: homingMetric("Deliveries", "Sum", periodSeconds, { outcome }),
  }));

alarm(
  "AttemptsFailing",
  "More than half of all attempts failed, at least 20 in five minutes, for 15 minutes: targets are down.",
  {
    metricQueries: [
      {
        id: "rate",
        label: "Failed attempts (%)",
        expression: "IF(SUM([retry,failed])>=20,100*SUM([retry,failed])/SUM([succeeded,retry,failed]),0)",
        returnData: true,
      },
      ...deliveries(FIVE_MINUTES_SECONDS, "SUCCEEDED", "RETRY", "FAILED"),
    ],
    evaluationPeriods: 3,
    threshold: 50,
  },
);

alarm(
  "MessagesFailed",
  "More than 5% of the messages that came to an end in 15 minutes are FAILED, and at least ten.",
  {
    metricQueries: [
      {
        id: "rate",
        label: "Failed messages (%)",
        expression: "IF(failed>=10,100*failed/SUM([succeeded,failed]),0)",
        returnData: true,
      },
      ...deliveries(3 * FIVE_MINUTES_SECONDS, "SUCCEEDED", "FAILED"),
    ],
    threshold: 5,
  },
);

alarm("Api5xx", "More than 1% of the API's answers are 5xx, and at least five in five minutes.", {
  metricQueries: [
    {
      id: "rate",
      label: "5xx answers (%)",
      expression: "IF(errors>=5,100*errors/requests,0)",
      returnData: true,
    },
    ...[
      { id: "errors", metricName: "5xx" },
      { id: "requests", metricName: "Count" },
    ].map(({ id, metricName }) => ({
      id,
      metric: {
        namespace: "AWS/ApiGateway",
        metricName,
        stat: "Sum",
        period: FIVE_MINUTES_SECONDS,
        dimensions: { ApiId: gateway.nodes.api.id },
      },
    })),
  ],
  threshold: 1,
});

for (const [name, fn] of Object.entries(functions)) {
  alarm(
    `${name}Errors`,
    `The ${name} function crashed or ran out of time in two of three five-minute periods.`,
    {
      namespace: "AWS/Lambda",
      metricName: "Errors",
      dimensions: { FunctionName: fn.name },
      statistic: "Sum",
      period: FIVE_MINUTES_SECONDS,
      evaluationPeriods: 3,
      datapointsToAlarm: 2,
      threshold: 0,
    },
  );
  alarm(
    `${name}Throttles`,
    `Lambda refused to start the ${name} function: the account's concurrency is used up.`,
    {
      namespace: "AWS/Lambda",
      metricName: "Throttles",
      dimensions: { FunctionName: fn.name },
      statistic: "Sum",
      period: FIVE_MINUTES_SECONDS,
      evaluationPeriods: 3,
      datapointsToAlarm: 2,
      threshold: 0,
    },
  );
}
