/**
 * `npm run soak -- --minutes N [--rate 10] [--serve]`: the local stack on disk under steady traffic, killed with SIGKILL
 * again and again, half of its lives with faults between the SDK and the embedded servers. Ends with an
 * account; exit code 1 unless it balances. Uses loopback and a temporary folder only.
 */
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { numberOption, scriptOptions } from "@homing/functions/machine/script-options";
import { type Account, drawUp, type Entry } from "./account.ts";
import { startStackProcess } from "./stack-process.ts";
import { type SoakTarget, startSoakTarget } from "./target.ts";
import { type Sent, Traffic } from "./traffic.ts";

/** A life is this long, at random, before it is ended. */
const SHORTEST_LIFE_MS = 3_000;
const LONGEST_LIFE_MS = 12_000;
/** After the last kill everything must be finished within this. */
const LONGEST_END_MS = 3 * 60_000;
const SHOWN_PROBLEMS = 20;
const READERS = 8;

const HELP = `Usage: npm run soak -- [options]

The local stack on disk under steady traffic, killed again and again, half of its lives with faults between the SDK and the
embedded servers. Twenty more producers send with one ordering key, five with another. Ends with an account; exit code 1
unless it balances, and the target has seen every message of a key in order.

  --minutes N  how long (2)
  --rate N     messages a second (10)
  --serve      what npm run serve runs, in place of the local stack; without other faults
`;

const options = {
  minutes: { type: "string" },
  rate: { type: "string" },
  serve: { type: "boolean", default: false },
} as const;
const { minutes, rate, serve } = scriptOptions({ help: HELP, options }, (values) => ({
  serve: values.serve,
  minutes: numberOption("minutes", values.minutes, { above: 0, most: 24 * 60 }) ?? 2,
  rate: numberOption("rate", values.rate, { above: 0, most: 100 }) ?? 10,
}));

const operatorKey = randomBytes(24).toString("hex");
const dataDir = await mkdtemp(join(tmpdir(), "homing-soak-"));
const target = await startSoakTarget();
let stack = await startStackProcess({ dataDir, operatorKey, entry: serve ? "serve" : "faulty" });
const traffic = new Traffic({ apiUrl: () => stack.url, operatorKey, targetUrl: target.url, rate });

try {
  const kills = await run();
  const unanswered = [
    ...[...traffic.sent, ...traffic.order.sent].filter(({ messageIds }) => messageIds.size === 0),
    ...traffic.events.sent.filter(({ eventIds }) => eventIds.size === 0),
  ];
  if (unanswered.length > 0) {
    throw new Error(
      `${unanswered.length} calls were not answered within ${LONGEST_END_MS / 60_000} minutes of the last kill: nothing is known of their messages.`,
    );
  }
  const ofEvents = await traffic.events.account(target.answers);
  const inOrder = await traffic.order.entries(target.answers);
  const account = drawUp(
    [...(await entries(traffic, target)), ...ofEvents.entries, ...inOrder],
    [...ofEvents.problems, ...traffic.order.problems(target.inOrder)],
  );
  printAccount(account, kills);
  process.exitCode = account.problems.length === 0 ? 0 : 1;
} finally {
  await stack.kill();
  await target.close();
  await rm(dataDir, { recursive: true, force: true });
}

/** Traffic and kills for the given time, then a last life without faults until all is finished. Answers the kills. */
async function run(): Promise<number> {
  let flowing = true;
  const flow = traffic.flow(minutes * 60_000).finally(() => {
    flowing = false;
  });
  let kills = 0;
  while (flowing) {
    await Promise.race([flow, wait(SHORTEST_LIFE_MS + Math.random() * (LONGEST_LIFE_MS - SHORTEST_LIFE_MS))]);
    await stack.kill();
    kills += 1;
    // The last life is what npm runs: faults are over, and everything has to come home.
    const entry = serve ? "serve" : flowing && kills % 2 === 0 ? "faulty" : "start";
    stack = await startStackProcess({ dataDir, operatorKey, entry });
    process.stderr.write(`\r${traffic.sent.length} messages, ${kills} kills `);
  }
  process.stderr.write("\n");
  await finish();
  return kills;
}

async function finish(): Promise<void> {
  const giveUpAt = performance.now() + LONGEST_END_MS;
  const isLate = () => performance.now() > giveUpAt;
  await Promise.race([traffic.settled(), wait(LONGEST_END_MS, undefined, { ref: false })]);
  while ((await traffic.events.unexpanded()) > 0 && !isLate()) await wait(500);
  while ((await traffic.open()) > 0 && !isLate()) await wait(500);
  // What the target rejected once is to be retried by hand.
  await eachOf(traffic.sent, async ({ treatment, messageIds }) => {
    const [messageId] = messageIds;
    if (treatment === "rejectOnce" && messageId !== undefined) await traffic.retry(messageId);
  });
  while ((await traffic.open()) > 0 && !isLate()) await wait(500);
}

async function entries({ sent }: Traffic, { answers }: SoakTarget): Promise<Entry[]> {
  const drawn: Entry[] = [];
  await eachOf(sent, async ({ number, treatment, cancelConfirmed, messageIds }) => {
    const [messageId = ""] = messageIds;
    drawn.push({
      number,
      treatment,
      cancelConfirmed,
      messageIds: [...messageIds],
      message: await traffic.read(messageId),
      answers: answers.get(messageId) ?? [],
    });
  });
  return drawn;
}

/** A few at a time. */
async function eachOf(all: readonly Sent[], task: (one: Sent) => Promise<void>): Promise<void> {
  const left = [...all];
  await Promise.all(
    Array.from({ length: READERS }, async () => {
      for (let one = left.shift(); one; one = left.shift()) await task(one);
    }),
  );
}

function printAccount(account: Account, kills: number): void {
  const { accepted, completed, failed, cancelled, open, problems } = account;
  print(`Soak of ${minutes} minutes, ${rate} messages a second, ${kills} times SIGKILL.`);
  print(
    `accepted                 ${accepted} (${traffic.repeats} calls repeated, ${traffic.duplicates} answered as duplicates, ${traffic.revived} revived by hand)`,
  );
  print(`of which deliveries      of ${traffic.events.sent.length} events, to three endpoints each`);
  const { sent, producers, keys } = traffic.order;
  print(
    `of which in order        ${sent.length} with ${keys} keys, of ${producers} producers: ${target.inOrder.length} requests, ${traffic.order.problems(target.inOrder).length} out of order`,
  );
  print(`completed                ${completed}`);
  print(`failed                   ${failed} (the target rejects them for good)`);
  print(`cancelled                ${cancelled}`);
  print(`open                     ${open}`);
  print(`attempts                 ${account.attempts}, of which UNKNOWN ${account.unknown}`);
  print(`requests at the target   ${account.requests}, of which after a success ${account.duplicates}`);
  print(
    `${accepted} = ${completed} + ${failed} + ${cancelled} + ${open}: ${problems.length === 0 ? "it balances" : "IT DOES NOT BALANCE"}`,
  );
  for (const problem of problems.slice(0, SHOWN_PROBLEMS)) print(`  ${problem}`);
  if (problems.length > SHOWN_PROBLEMS) print(`  and ${problems.length - SHOWN_PROBLEMS} more`);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
