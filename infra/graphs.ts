/** The CloudWatch dashboard: one look at all that the alarms watch. */
import { gateway } from "./api.ts";
import { metricsNamespace, serviceName } from "./lambda.ts";
import { functions } from "./monitoring.ts";
import { deadLetterQueue, queue } from "./queue.ts";
import { table } from "./table.ts";

const MINUTE_SECONDS = 60;

/** A line of a widget: namespace, metric, dimensions and options, in CloudWatch's own notation. */
type Line = readonly unknown[];

interface Widget {
  readonly title: string;
  readonly lines: readonly Line[];
  readonly stat?: string;
}

const service = ["service", serviceName] as const;

/** One line for each value that the dimension has had. */
function byDimension(metricName: string, dimension: string): Line {
  const search = `{${metricsNamespace},service,${dimension}} service="${serviceName}" MetricName="${metricName}"`;
  const label = `${metricName} \${PROP('Dim.${dimension}')}`;
  return [{ expression: `SEARCH('${search}', 'Sum', ${MINUTE_SECONDS})`, label }];
}

const region = aws.getRegionOutput().region;

export const graphs = new aws.cloudwatch.Dashboard("Graphs", {
  // Dashboards are the account's, whatever the region: the same stage may exist in another one.
  dashboardName: $interpolate`${serviceName}-${region}`,
  dashboardBody: $resolve({
    region,
    apiId: gateway.nodes.api.id,
    queueName: queue.nodes.queue.name,
    deadLetterQueueName: deadLetterQueue.nodes.queue.name,
    tableName: table.name,
    functionNames: $resolve(Object.values(functions).map((fn) => fn.name)),
  }).apply(({ region, apiId, queueName, deadLetterQueueName, tableName, functionNames }) =>
    JSON.stringify({
      widgets: layOut(region, [
        {
          title: "Messages",
          lines: [
            [metricsNamespace, "MessagesAccepted", ...service],
            [metricsNamespace, "MessagesDuplicate", ...service],
            byDimension("Deliveries", "outcome"),
          ],
        },
        {
          title: "Sends that failed",
          lines: [
            [metricsNamespace, "SendRetries", ...service],
            [metricsNamespace, "Rollbacks", ...service],
            [metricsNamespace, "RollbackFailures", ...service],
            byDimension("SendFailures", "errorCode"),
          ],
        },
        {
          title: "Overdue and repaired",
          lines: [
            [metricsNamespace, "OldestOverdueSeconds", ...service, { stat: "Maximum" }],
            byDimension("Reconciled", "reason"),
            [metricsNamespace, "AttemptsUnknown", ...service],
            [metricsNamespace, "DeadLettered", ...service],
            [metricsNamespace, "MessagesHeld", ...service],
            [metricsNamespace, "MessagesThrottled", ...service],
            byDimension("EndpointsDisabled", "reason"),
            [metricsNamespace, "OldestFailingSeconds", ...service, { stat: "Maximum", yAxis: "right" }],
            [metricsNamespace, "GatesSet", ...service],
            [metricsNamespace, "GatesLifted", ...service],
          ],
        },
        {
          title: "Order",
          lines: [
            [metricsNamespace, "LanesBlocked", ...service, { stat: "Maximum" }],
            [metricsNamespace, "OldestHeldUpSeconds", ...service, { stat: "Maximum", yAxis: "right" }],
            byDimension("LanesAdvanced", "by"),
            [metricsNamespace, "MessagesSkipped", ...service],
          ],
        },
        {
          title: "Time from acceptance to delivery, and of one request (ms)",
          stat: "p99",
          lines: [
            [metricsNamespace, "EndToEndLatency", ...service, { stat: "p50" }],
            [metricsNamespace, "EndToEndLatency", ...service],
            [metricsNamespace, "DeliveryDuration", ...service, { stat: "p50" }],
            [metricsNamespace, "DeliveryDuration", ...service],
          ],
        },
        {
          title: "Queue",
          stat: "Maximum",
          lines: [
            ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", queueName],
            ["AWS/SQS", "ApproximateNumberOfMessagesNotVisible", "QueueName", queueName],
            ["AWS/SQS", "ApproximateNumberOfMessagesDelayed", "QueueName", queueName],
            ["AWS/SQS", "ApproximateAgeOfOldestMessage", "QueueName", queueName, { yAxis: "right" }],
            ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", deadLetterQueueName],
          ],
        },
        {
          title: "API",
          lines: [
            ["AWS/ApiGateway", "Count", "ApiId", apiId],
            ["AWS/ApiGateway", "4xx", "ApiId", apiId],
            ["AWS/ApiGateway", "5xx", "ApiId", apiId],
            ["AWS/ApiGateway", "Latency", "ApiId", apiId, { stat: "p99", yAxis: "right" }],
          ],
        },
        {
          title: "Functions: errors, throttles, concurrency",
          lines: functionNames.flatMap((name) => [
            ["AWS/Lambda", "Errors", "FunctionName", name],
            ["AWS/Lambda", "Throttles", "FunctionName", name],
            ["AWS/Lambda", "ConcurrentExecutions", "FunctionName", name, { stat: "Maximum", yAxis: "right" }],
          ]),
        },
        {
          title: "Table",
          lines: [
            ["AWS/DynamoDB", "ConsumedWriteCapacityUnits", "TableName", tableName],
            ["AWS/DynamoDB", "ConsumedReadCapacityUnits", "TableName", tableName],
            ["AWS/DynamoDB", "WriteThrottleEvents", "TableName", tableName],
            ["AWS/DynamoDB", "ReadThrottleEvents", "TableName", tableName],
          ],
        },
      ]),
    }),
  ),
});

/** Two widgets a row on CloudWatch's grid of 24 columns. */
function layOut(region: string, widgets: readonly Widget[]): object[] {
  const width = 12;
  const height = 7;
  return widgets.map(({ title, lines, stat = "Sum" }, index) => ({
    type: "metric",
    x: (index % 2) * width,
    y: Math.floor(index / 2) * height,
    width,
    height,
    properties: { title, region, stat, period: MINUTE_SECONDS, view: "timeSeries", metrics: lines },
  }));
}
