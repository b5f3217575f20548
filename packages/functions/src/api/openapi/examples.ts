/** One order's message, told throughout the document. Every example conforms to its schema, which a test checks. */
import { BATCH_EXAMPLES } from "./examples/batch.ts";
import { BULK_EXAMPLES } from "./examples/bulk.ts";
import { DELIVERY_EXAMPLES } from "./examples/delivery.ts";
import { ENDPOINT_EXAMPLES } from "./examples/endpoint.ts";
import { EVENT_EXAMPLES } from "./examples/event.ts";
import { HEALTH_EXAMPLES } from "./examples/health.ts";
import { KEY_EXAMPLES } from "./examples/key.ts";
import { LANE_EXAMPLES } from "./examples/lane.ts";
import { LISTENER_EXAMPLES } from "./examples/listener.ts";
import { MESSAGE_EXAMPLES } from "./examples/message.ts";
import { PROBLEM_EXAMPLES } from "./examples/problem.ts";
import { STATS_EXAMPLES } from "./examples/stats.ts";

export const EXAMPLES = {
  ...MESSAGE_EXAMPLES,
  ...BATCH_EXAMPLES,
  ...BULK_EXAMPLES,
  ...LANE_EXAMPLES,
  ...EVENT_EXAMPLES,
  ...ENDPOINT_EXAMPLES,
  ...LISTENER_EXAMPLES,
  ...KEY_EXAMPLES,
  ...STATS_EXAMPLES,
  ...DELIVERY_EXAMPLES,
  ...PROBLEM_EXAMPLES,
  ...HEALTH_EXAMPLES,
};

export type ExampleName = keyof typeof EXAMPLES;
