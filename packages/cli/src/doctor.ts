/** Why it does not work: looks from here to the queue, and says what to do. */
import { type HomingClient, HomingError } from "@homing/client/source/homing-client";
import type { OwnKey, StatsView } from "@homing/client/source/types";
import { command, noArguments } from "./command.ts";
import { connectionOf, homingUrlOf } from "./connection.ts";
import type { Line } from "./output.ts";
import { EXIT, type ExitCode, type Terminal } from "./terminal.ts";
import { UsageError } from "./usage-error.ts";

interface Finding {
  readonly check: "homing" | "clock" | "ready" | "key" | "queue" | "messages";
  readonly state: "ok" | "warning" | "failure";
  readonly found: string;
  /** What to do. */
  readonly advice?: string;
}

const TIMEOUT_MS = 10_000;
/** A `date` header has whole seconds. */
const CLOCK_TOLERANCE_MS = 5_000;
const RUNBOOK = "docs/runbook.md says what to do";

export const doctor = command({
  summary: "Look for what is wrong: the way to Homing, the key, the clock, the queue, and what is overdue",
  usage: "homing doctor",
  options: {},
  explanations: ["Exit codes: 0 all is well, or will be; 1 something is wrong; 3 Homing is unreachable."],
  run: async (invocation) => {
    const { terminal, positionals, url, show } = invocation;
    noArguments(positionals);
    const findings: Finding[] = [];
    const ended = await examine(homingUrlOf(terminal.env, url), invocation, (one) => findings.push(one));
    show({ findings }, () => findings.flatMap(linesOf));
    return ended;
  },
});

const STYLES = { ok: "green", warning: "yellow", failure: "red" } as const;

function linesOf({ check, state, found, advice }: Finding): Line[] {
  const line = [{ text: state.padEnd(7), style: STYLES[state] }, check.padEnd(8), found];
  return [line, ...(advice === undefined ? [] : [`         ${advice}`])];
}

async function examine(
  homing: string,
  invocation: {
    readonly client: HomingClient;
    readonly url: string | undefined;
    readonly terminal: Pick<Terminal, "env" | "now" | "signal">;
  },
  tell: (finding: Finding) => void,
): Promise<ExitCode> {
  const { terminal, url } = invocation;
  const health = await ask(`${homing}/v1/health`, terminal);
  if (!health?.isHoming) {
    const found = health === undefined ? "cannot be reached" : `${health.status}, and not from Homing`;
    const advice = "Is it running (npm start), and is HOMING_URL, or PORT, right?";
    tell({ check: "homing", state: "failure", found: `${homing}: ${found}`, advice });
    return EXIT.temporary;
  }
  tell({ check: "homing", state: "ok", found: `${homing} answers in ${health.tookMs} ms` });
  tell(clockFinding(health.aheadMs));
  const ready = await ask(`${homing}/v1/ready`, terminal);
  const isReady = ready?.status === 200;
  tell({
    check: "ready",
    state: isReady ? "ok" : "failure",
    found: isReady ? "table and queue answer" : (ready?.detail ?? "no answer"),
    ...(isReady ? {} : { advice: `Nothing that was accepted is lost; ${RUNBOOK}.` }),
  });
  try {
    connectionOf(terminal.env, url);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    tell({ check: "key", state: "failure", found: error.message });
    return EXIT.failed;
  }
  const findings = await findingsOfKey(invocation.client, terminal.signal);
  for (const finding of findings) tell(finding);
  return isReady && findings.every(({ state }) => state !== "failure") ? EXIT.done : EXIT.failed;
}

async function findingsOfKey(client: HomingClient, signal: AbortSignal): Promise<Finding[]> {
  try {
    const key = await client.ownKey({ signal });
    if (!maySee(key)) return [keyFinding(key)];
    return [keyFinding(key), ...statsFindings(await client.stats({ signal }), key)];
  } catch (error) {
    if (!(error instanceof HomingError)) throw error;
    const advice =
      error.code === "UNAUTHORIZED"
        ? "Homing does not know this key, or no longer: npm run keys -- create makes one."
        : undefined;
    return [{ check: "key", state: "failure", found: error.message, ...(advice ? { advice } : {}) }];
  }
}

function clockFinding(aheadMs: number | undefined): Finding {
  if (aheadMs === undefined) return { check: "clock", state: "ok", found: "Homing does not tell its time" };
  const seconds = Math.round(Math.abs(aheadMs) / 1_000);
  if (Math.abs(aheadMs) <= CLOCK_TOLERANCE_MS)
    return { check: "clock", state: "ok", found: "as Homing's, within 5 s" };
  return {
    check: "clock",
    state: "warning",
    found: `this machine is ${seconds} s ${aheadMs > 0 ? "ahead of" : "behind"} Homing`,
    advice:
      "Set it by NTP: times such as --since 2h are off by as much, and receivers refuse what is 300 s off.",
  };
}

function maySee({ scopes }: OwnKey): boolean {
  return scopes.includes("read") || scopes.includes("operate");
}

function keyFinding(key: OwnKey): Finding {
  const { keyId, senderId, scopes } = key;
  const found = `${keyId} of ${senderId === "*" ? "all senders" : senderId}: ${scopes.join(", ")}`;
  const lacks = scopes.includes("operate")
    ? []
    : (["send", "read"] as const).filter((scope) => !scopes.includes(scope));
  if (lacks.length === 0) return { check: "key", state: "ok", found };
  const advice = `Without ${lacks.join(" and ")} it can not ${lacks.includes("read") ? "see messages and counts" : "send"}.`;
  return { check: "key", state: "warning", found, advice };
}

function statsFindings(stats: StatsView, { senderId }: OwnKey): Finding[] {
  const { counts, queue, deadLetters = 0, oldestOverdueSeconds, rolledBack } = stats;
  const waiting = `${counts.PENDING} pending, ${counts.QUEUED} queued, ${counts.PROCESSING} processing`;
  const findings: Finding[] = [];
  if (senderId === "*" && queue === undefined)
    findings.push({ check: "queue", state: "failure", found: "it does not answer", advice: `${RUNBOOK}.` });
  if (queue !== undefined) {
    const found = `${queue.visible} wait, ${queue.inFlight} with workers, ${queue.delayed} delayed`;
    findings.push({ check: "queue", state: "ok", found });
  }
  if (deadLetters > 0)
    findings.push({
      check: "queue",
      state: "warning",
      found: `${deadLetters} dead letters`,
      advice: `homing list --status failed --failure-reason DEAD_LETTERED; ${RUNBOOK} (DeadLettered).`,
    });
  if (rolledBack > 0)
    findings.push({
      check: "messages",
      state: "warning",
      found: `${rolledBack} whose send to the queue failed are sent again`,
      advice: `homing list --rolled-back; ${RUNBOOK} (SendFailures) if that does not end.`,
    });
  findings.push(
    oldestOverdueSeconds === 0
      ? { check: "messages", state: "ok", found: `${waiting}; none is overdue` }
      : {
          check: "messages",
          state: "failure",
          found: `${waiting}; the oldest is overdue by ${oldestOverdueSeconds} s`,
          advice: `Neither a worker nor the reconciler takes it up; ${RUNBOOK} (OldestOverdueSeconds).`,
        },
  );
  return findings;
}

interface Answer {
  readonly status: number;
  readonly isHoming: boolean;
  readonly detail: string | undefined;
  readonly tookMs: number;
  /** How far this machine's clock is ahead; undefined if the answer does not tell its time. */
  readonly aheadMs: number | undefined;
}

/** Undefined if there is none. */
async function ask(
  url: string,
  { now, signal }: Pick<Terminal, "now" | "signal">,
): Promise<Answer | undefined> {
  const startedAt = now();
  try {
    const response = await fetch(url, {
      redirect: "manual",
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    });
    const body: unknown = await response.json().catch(() => undefined);
    const tookMs = now() - startedAt;
    const date = Date.parse(response.headers.get("date") ?? "");
    const { detail } = (body ?? {}) as { readonly detail?: unknown };
    return {
      status: response.status,
      isHoming: body !== undefined && response.headers.has("x-correlation-id"),
      detail: typeof detail === "string" ? detail : undefined,
      tookMs,
      // Half a second on average is cut off, and half of the way was gone by then.
      aheadMs: Number.isNaN(date) ? undefined : startedAt + tookMs / 2 - (date + 500),
    };
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}
