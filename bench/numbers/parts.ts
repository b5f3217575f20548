/** The generated parts of the documents, each by the name that its place in the document has. */
import {
  ASSUMED,
  costOfMillion,
  costOfMillionEvents,
  FIXED_WRITE_UNITS,
  fixedCosts,
  type Line,
  PRICES,
  sum,
  type Workload,
} from "./costs.ts";
import { results, stages, writeUnitsOfMessage, writeUnitsOfRepetition } from "./facts.ts";
import { limitsTable } from "./limits.ts";
import { count, dollars, table } from "./markdown.ts";

const ALONE: Workload = { bodyKib: 1, attempts: 1, perCall: 1, perBatch: 1, targetSeconds: 0.2, months: 1 };
const BATCHED: Workload = { ...ALONE, perCall: 100, perBatch: 10 };
const LARGE: Workload = { ...ALONE, bodyKib: 100 };

export const million = {
  alone: sum(costOfMillion(ALONE)),
  batched: sum(costOfMillion(BATCHED)),
  /** Of a million attempts beside the first. */
  repetition: sum(costOfMillion({ ...ALONE, attempts: 2 })) - sum(costOfMillion(ALONE)),
};
export const fixed = sum(fixedCosts());

const largeUnits = costOfMillion(LARGE)[0]?.dollars ?? 0;

export const performanceParts = {
  results: resultsTable(),
  formulas: formulas(),
  million: millionTable(),
  fixed: costTable("fixed, a month", fixedCosts()),
  month: monthTable(),
  events: eventsTable(),
  growth: growth(),
  limits: limitsTable(),
};

export const deployParts = { stages: stagesTable(), prices: prices() };

function resultsTable(): string {
  const verdict = (met: boolean | undefined) => (met === undefined ? "" : met ? "yes" : "**no**");
  return table(
    ["name", "what", "target", "result", "met"],
    Object.entries(results).flatMap(([row, { findings }]) =>
      findings.map(({ what, target, result, met }) => [`\`${row}\``, what, target, result, verdict(met)]),
    ),
  );
}

function formulas(): string {
  const { apiMs, apiFurtherMs, workerMs, storedKb, payloadKib, loggedKb } = ASSUMED;
  const { api, worker } = stages.production.memoryMegabytes;
  return table(
    ["", "a message", "price"],
    [
      [
        "write units",
        `${FIXED_WRITE_UNITS} + ⌈*b* + ${payloadKib}⌉ + ${writeUnitsOfRepetition} (*a* − 1)`,
        `$${PRICES.millionWriteUnits} a million`,
      ],
      [
        "read units",
        "2.5 for each attempt that waits longer than 15 minutes, else 0",
        `$${PRICES.millionReadUnits} a million`,
      ],
      [
        "storage",
        `(${storedKb} + *b*) KB for *r* months`,
        "$0.25 a GB, and $0.20 for recovery to any second",
      ],
      [
        "SQS",
        `*a* · ⌈(*b* + 1) / 64⌉ · ($${dollars(PRICES.millionSqsCalls)} + $${dollars(PRICES.millionGroups)} for the group + 2 · $${dollars(PRICES.millionSqsCalls)} / *k*)`,
        "a million",
      ],
      ["API Gateway", "1 / *m*", `$${dollars(PRICES.millionApiCalls)} a million`],
      [
        `API function, ${count(api)} MB`,
        `(${apiMs} ms + ${apiFurtherMs} ms · (*m* − 1)) / *m*, and 1 / *m* calls`,
        `$${dollars(PRICES.millionGigabyteSeconds)} a million GB-s, $${dollars(PRICES.millionInvocations)} a million calls`,
      ],
      [
        `worker function, ${count(worker)} MB`,
        `*a* · (*t* + ${workerMs} ms) / *k*, and *a* / *k* calls`,
        "the same",
      ],
      [
        "logs",
        `${loggedKb.call} KB / *m* + *a* · (${loggedKb.attempt} + ${loggedKb.batchedAttempt} / *k*) KB, and ${loggedKb.invocation} KB for each call of a function`,
        `$${dollars(PRICES.gigabyteLogged)} a GB`,
      ],
    ],
  );
}

function costTable(head: string, lines: readonly Line[]): string {
  return table(
    [head, "$"],
    [
      ...lines.map(({ what, dollars: cost }) => [what, dollars(cost)]),
      ["**together**", `**${dollars(sum(lines))}**`],
    ],
  );
}

function millionTable(): string {
  const batched = costOfMillion(BATCHED);
  return table(
    ["", "alone (*m* = *k* = 1)", "in batches (*m* = 100, *k* = 10)"],
    [
      ...costOfMillion(ALONE).map(({ what, dollars: cost }, index) => [
        what,
        dollars(cost),
        dollars(batched[index]?.dollars ?? 0),
      ]),
      ["**a million messages**", `**$${dollars(million.alone)}**`, `**$${dollars(million.batched)}**`],
    ],
  );
}

function monthTable(): string {
  const SECONDS_A_MONTH = 43_800 * 60;
  return table(
    ["messages a month", "$ a month, each alone", "in batches"],
    [1, 10, 100].map((millions) => [
      `${millions} million (${((millions * 1e6) / SECONDS_A_MONTH).toFixed(1)} a second)`,
      `**${count(fixed + millions * million.alone)}**`,
      count(fixed + millions * million.batched),
    ]),
  );
}

function eventsTable(): string {
  const row = (endpoints: number, work: Workload) => {
    const asEvent = costOfMillionEvents(endpoints, work);
    const asMessages = endpoints * sum(costOfMillion(work));
    const difference = Math.round((asEvent / asMessages - 1) * 100);
    const beside = endpoints === 0 ? "" : `${difference > 0 ? "+" : "−"}${Math.abs(difference)} %`;
    return [`${endpoints}`, `${work.bodyKib} KiB`, dollars(asEvent), dollars(asMessages), beside];
  };
  return table(
    ["endpoints", "body", "$ a million events", "as messages of their own, $", ""],
    [
      ...[0, 1, 3, 10].map((endpoints) => row(endpoints, ALONE)),
      ...[1, 3, 10].map((endpoints) => row(endpoints, LARGE)),
    ],
  );
}

function growth(): string {
  const perThousandTimeouts =
    (15 * (stages.production.memoryMegabytes.worker / 1024) * PRICES.millionGigabyteSeconds) / 1_000;
  const nine = 9 * million.repetition;
  return [
    `- **Messages**: linear, nothing else. The fixed part is $${dollars(fixed)} a month.`,
    `- **Payload**: a unit for each KiB, once. 100 KiB is $${count(largeUnits)} a million in write units alone, where 1 KiB is $${count(writeUnitsOfMessage * PRICES.millionWriteUnits)}. Keep bodies small, or send a reference.`,
    `- **Attempts**: each further one costs ${writeUnitsOfRepetition} units and a worker's time, together about $${count(million.repetition)} a million. A target that is down for good costs nine of them, $${count(nine)} a million messages. Long time-outs are dearer than errors: 15 s of a worker that waits for one message alone is $${dollars(perThousandTimeouts)} a thousand.`,
    `- **Retention**: only storage, $${dollars((ASSUMED.storedKb + 1) * PRICES.gigabyteStored)} a million and month at 1 KiB.`,
  ].join("\n");
}

function stagesTable(): string {
  const { production, other, dev } = stages;
  const seconds = ({ timeoutSeconds: { api, worker, reconciler } }: typeof production) =>
    `${api} s API, ${worker} s worker, ${reconciler} s reconciler`;
  return table(
    ["", "production", "any other", "`sst dev`"],
    [
      ["table", "deletion protection; outlives `sst remove`", "goes with the stage", "goes with the stage"],
      ["`sst remove`, `sst dev`", "refused", "allowed", "allowed"],
      [
        "logs are kept",
        ...[production, other, dev].map(({ logRetentionDays }) => `${logRetentionDays} days`),
      ],
      [
        "API limit over all callers",
        ...[production, other, dev].map(({ throttle }) => `${count(throttle.ratePerSecond)} requests/s`),
      ],
      ["workers at once", ...[production, other, dev].map(({ workerConcurrency }) => `${workerConcurrency}`)],
      ["function timeouts", seconds(production), "the same", `${dev.timeoutSeconds.worker / 60} min`],
      ["dashboard", "CloudFront", "CloudFront", "on your machine"],
      ["alarms", "yes", "yes; to nobody unless an address is set", "no"],
    ],
  );
}

function prices(): string {
  return `About **$${dollars(million.alone)} a million messages** of 1 KiB, $${dollars(million.batched)} in batches, and $${dollars(fixed)} a month beside them: 10 million a month are $${count(fixed + 10 * million.alone)}. What that is made of, and what moves it: [performance.md](performance.md#how-cost-grows).`;
}
