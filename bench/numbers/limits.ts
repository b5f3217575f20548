/** What binds first as traffic grows, and at which number. */

import { workerSubscription } from "../../packages/core/src/queue/queue-definition.ts";
import { DEFAULT_RUN_LIMITS } from "../../packages/core/src/reconcile/reconcile.ts";
import { DEFAULT_SETTINGS } from "../../packages/core/src/settings.ts";
import { DEFAULT_SHARDS } from "../../packages/core/src/store/table-definition.ts";
import { DEFAULT_RATE_LIMIT } from "../../packages/functions/src/api/rate-limit.ts";
import { MAX_BATCH_MESSAGES } from "../../packages/functions/src/api/requests/batch.ts";
import { ASSUMED } from "./costs.ts";
import { stages, writeUnitsOfMessage } from "./facts.ts";
import { about, count, table } from "./markdown.ts";

/** AWS's quotas, November 2026. */
const NEW_TABLE_UNITS = 4_000;
const TABLE_UNITS = 40_000;
const PARTITION_KEY_UNITS = 1_000;

/** A message comes into the due index and leaves it, under the same key. */
const WRITES_TO_ONE_PARTITION_KEY = 2;

const TYPICAL_TARGET_SECONDS = 0.2;

const { throttle, workerConcurrency } = stages.production;
const hands = workerConcurrency * workerSubscription.batchSize;
const workerSeconds = TYPICAL_TARGET_SECONDS + ASSUMED.workerMs / 1_000;
const timeoutSeconds = DEFAULT_SETTINGS.deliveryTimeoutMs / 1_000;

const messagesOfShards = (shards: number) => (shards * PARTITION_KEY_UNITS) / WRITES_TO_ONE_PARTITION_KEY;
const messagesOfTable = TABLE_UNITS / writeUnitsOfMessage;
/** So many shards carry all that the table's quota does. */
const shardsOfTable = Math.ceil((messagesOfTable * WRITES_TO_ONE_PARTITION_KEY) / PARTITION_KEY_UNITS);

export function limitsTable(): string {
  const { perSecond, burst } = DEFAULT_RATE_LIMIT;
  const concurrency = workerConcurrency + (throttle.ratePerSecond * ASSUMED.apiMs) / 1_000;
  return table(
    ["limit", "default", "binds at", "what to do"],
    [
      [
        "Lambda concurrency of a **new account**",
        "10 (quota)",
        "at once: one burst of deliveries and the API is throttled",
        "ask for 1,000 before you go live; `aws lambda get-account-settings` shows yours",
      ],
      [
        "workers at once (`stage.ts`)",
        `${workerConcurrency} × ${workerSubscription.batchSize} messages`,
        `targets that answer in 200 ms: ${count(hands)} / ${workerSeconds} s ≈ ${about(hands / workerSeconds)} messages/s; targets that all time out after ${timeoutSeconds} s: ${count(hands / timeoutSeconds)} messages/s`,
        "raise it, up to 1,000; leave the API its share of the account's concurrency",
      ],
      [
        "DynamoDB, a new table on demand",
        `${count(NEW_TABLE_UNITS)} write units/s at first, then twice the last peak within 30 minutes`,
        `${count(NEW_TABLE_UNITS)} / ${writeUnitsOfMessage} ≈ ${about(NEW_TABLE_UNITS / writeUnitsOfMessage)} messages/s on the first day`,
        "warm the table beforehand (`warmThroughput`), or let traffic grow",
      ],
      [
        "one sender's calls",
        `${count(perSecond)} a second for ever, ${count(burst)} at once; each message of a batch counts, and each that a bulk operation looks at; **in each process of the API**. A key for every sender (\`*\`) has a bucket of its own, and the keys that operate one sender share one`,
        `n processes let through n × ${count(perSecond)}: it keeps a sender's runaway loop from the others in the same process, and is no quota`,
        "change `DEFAULT_RATE_LIMIT` (`rate-limit.ts`)",
      ],
      [
        "API Gateway, this stage (`stage.ts`)",
        `${count(throttle.ratePerSecond)} requests/s of all senders; a batch is one request`,
        `${count(throttle.ratePerSecond)} messages/s by single calls, ${count(throttle.ratePerSecond * MAX_BATCH_MESSAGES)} by batches`,
        "raise it",
      ],
      [
        "Lambda concurrency",
        "1,000 (quota)",
        `workers + API: ${workerConcurrency} + ${count(throttle.ratePerSecond)} requests/s × ${ASSUMED.apiMs} ms = ${count(concurrency)}: far away, until the workers are raised`,
        "quota",
      ],
      [
        "DynamoDB, one partition key of an index",
        `${count(PARTITION_KEY_UNITS)} write units/s; each index is split into ${DEFAULT_SHARDS} shards (\`HOMING_SHARDS\`)`,
        `at most ${WRITES_TO_ONE_PARTITION_KEY} writes a message to one key: ${about(messagesOfShards(DEFAULT_SHARDS))} messages/s **of all senders together**. One sender can reach it alone, and then everybody's writes are throttled: calls take longer or are answered 503, and no accepted message is lost`,
        `more shards, at any time: with ${shardsOfTable} the table's own quota binds first`,
      ],
      [
        "DynamoDB, one table",
        `${count(TABLE_UNITS)} write units/s (quota)`,
        `${count(TABLE_UNITS)} / ${writeUnitsOfMessage} ≈ ${about(messagesOfTable)} messages/s`,
        "quota",
      ],
      [
        "API Gateway, the account",
        "10,000 requests/s (quota; 2,500 in some regions)",
        "10,000 calls/s",
        "quota, or batches",
      ],
      [
        "reconciler",
        `${count(DEFAULT_RUN_LIMITS.messages)} messages a run, one run a minute`,
        `retries and schedules due beyond ${about(DEFAULT_RUN_LIMITS.messages / 60)} a second wait for the next run, and are late, not lost`,
        "more runs: a shorter rate is not to be had, a second schedule is",
      ],
      [
        "SQS, in flight",
        "about 120,000 messages a queue (quota)",
        "1,000 workers hold 10,000: never by itself",
        "–",
      ],
      ["SQS, one message", "1,048,576 bytes", "a body of 262,144 bytes and its headers always fit", "–"],
      ["API Gateway and Lambda, one request", "10 MB; 6 MB", "a batch is at most 4 MiB", "–"],
      [
        "API Gateway, one request",
        "30 s",
        `a send may retry for ${DEFAULT_SETTINGS.sendBudgetMs / 1_000} s, a bulk retry works for 10 s`,
        "–",
      ],
      [
        "CloudFront, cache policies and response headers policies of an account",
        "20 each; the first is not adjustable",
        "20 stages with a dashboard in one account, in all regions together; `sst dev` takes none",
        "remove stages that nobody uses, or another account",
      ],
    ],
  );
}
