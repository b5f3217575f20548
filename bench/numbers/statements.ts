/**
 * Sentences of the documents whose numbers the code decides. What stands here must be in its document word for word:
 * change the number in the code, and the sentence is looked for with the new one.
 */
import { formatDuration, parseDuration } from "../../packages/core/src/duration.ts";
import { MAX_ENDPOINTS } from "../../packages/core/src/endpoint/endpoint.ts";
import { MAX_HEADER_BYTES, MAX_HEADERS } from "../../packages/core/src/message/headers.ts";
import {
  MAX_BODY_BYTES,
  MAX_METADATA_BYTES,
  MAX_METADATA_PAIRS,
} from "../../packages/core/src/message/message-input.ts";
import { MAX_TARGET_URL_LENGTH } from "../../packages/core/src/message/target-url.ts";
import { MAX_BULK_LIMIT } from "../../packages/core/src/operate/bulk.ts";
import { MAX_DELAY_SECONDS, queueDefinition } from "../../packages/core/src/queue/queue-definition.ts";
import { DEFAULT_RUN_LIMITS } from "../../packages/core/src/reconcile/reconcile.ts";
import { DEFAULT_SETTINGS } from "../../packages/core/src/settings.ts";
import { MAX_BATCH_MESSAGES } from "../../packages/functions/src/api/requests/batch.ts";
import { MAX_BATCH_BYTES } from "../../packages/functions/src/api/requests/body-limits.ts";
import { stages, writeUnitsOfMessage } from "./facts.ts";
import { count } from "./markdown.ts";

const seconds = (ms: number) => `${ms / 1_000} s`;
const minutes = (ms: number) => `${ms / 60_000}`;
const { production, dev } = stages;
const timeout = seconds(DEFAULT_SETTINGS.deliveryTimeoutMs);

const timeouts = Object.values(production.timeoutSeconds);
/** Minutes under `sst dev`. */
const pause = (name: string) => (parseDuration(dev.environment[name] ?? "") ?? 0) / 60_000;
const schedule = DEFAULT_SETTINGS.retryScheduleMs;
const HOUR_MS = 3_600_000;
/** A day of waiting reads 24h there. */
const delays = schedule
  .map((ms) => (ms % HOUR_MS === 0 ? `${ms / HOUR_MS}h` : formatDuration(ms)))
  .join(", ");
const hours = Math.floor(schedule.reduce((sum, ms) => sum + ms, 0) / HOUR_MS);

export const STATEMENTS: readonly (readonly [document: string, words: string])[] = [
  [
    "docs/guides/limits.md",
    `| a call with one of them, all its members and the white space between them | ${count(MAX_BODY_BYTES)} bytes |`,
  ],
  ["docs/guides/limits.md", `| of one in a batch, its body, as JSON text | ${count(MAX_BODY_BYTES)} bytes |`],
  ["docs/guides/limits.md", `| headers of a message | ${MAX_HEADERS}, ${MAX_HEADER_BYTES / 1_024} KiB `],
  ["docs/guides/limits.md", `| metadata | ${MAX_METADATA_PAIRS} pairs, ${MAX_METADATA_BYTES / 1_024} KiB |`],
  ["docs/guides/limits.md", `| URL | ${count(MAX_TARGET_URL_LENGTH)} characters |`],
  [
    "docs/guides/limits.md",
    `| a batch of messages or events | ${MAX_BATCH_MESSAGES}, and ${MAX_BATCH_BYTES / 1_048_576} MiB in all |`,
  ],
  ["docs/guides/limits.md", `| endpoints | ${count(MAX_ENDPOINTS)}, and as many deleted in an hour |`],
  ["docs/guides/limits.md", ` | ${count(MAX_BULK_LIMIT)} messages, or 10 seconds; `],
  ["docs/guides/limits.md", `| time for one attempt, from name to body | ${timeout} `],
  [
    "docs/guides/retries.md",
    `there are ${schedule.length + 1} attempts of at most ${timeout} each, over ${hours} hours`,
  ],
  ["docs/delivery.md", `| ${delays}: ${schedule.length + 1} attempts over ${hours} h |`],
  ["docs/delivery.md", `| deadline of one attempt, over DNS, connect, TLS, headers and body | ${timeout} |`],
  ["docs/performance.md", `A delivered message of 1 KiB is ${writeUnitsOfMessage}: `],
  ["README.md", `within \`HOMING_SEND_BUDGET\` (${seconds(DEFAULT_SETTINGS.sendBudgetMs)})`],
  [
    "docs/runbook.md",
    `at most ${minutes(DEFAULT_SETTINGS.queueDeadlineMs)} minutes later, the reconciler notes ORPHANED`,
  ],
  ["docs/runbook.md", `five minutes longer than the longest delay (${MAX_DELAY_SECONDS / 60} minutes)`],
  ["docs/runbook.md", `targets that time out hold a worker for ${timeout}`],
  ["docs/runbook.md", `it is late by (messages ÷ ${count(DEFAULT_RUN_LIMITS.messages)}) minutes`],
  ["docs/runbook.md", `They stay there for ${queueDefinition.retentionSeconds / 86_400} days`],
  ["docs/performance.md", `targets that time out after ${timeout} held a quiet sender up`],
  [
    "docs/debugging.md",
    `| every function | ${Math.min(...timeouts)} to ${Math.max(...timeouts)} s | ${dev.timeoutSeconds.api / 60} min, Lambda's longest |`,
  ],
  [
    "docs/debugging.md",
    `| queue visibility | ${production.visibilityTimeoutSeconds / 60} min | ${dev.visibilityTimeoutSeconds / 60} min |`,
  ],
  [
    "docs/debugging.md",
    `| lease of a claim | ${seconds(DEFAULT_SETTINGS.leaseMs)} | ${pause("HOMING_LEASE")} min |`,
  ],
  ["docs/debugging.md", `| one delivery | ${timeout} | ${pause("HOMING_DELIVERY_TIMEOUT")} min |`],
];
