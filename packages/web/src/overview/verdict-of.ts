import type { Stats } from "../api/types.ts";
import { spellDuration } from "../ui/times.ts";
import type { Waiting } from "./count-waiting.ts";

/** `quiet`: to be known, and nothing to worry about. */
export type Tone = "good" | "quiet" | "warn" | "bad";

export interface VerdictLine {
  readonly tone: Tone;
  readonly title: string;
  readonly text: string;
  /** Where the messages are that it speaks of. */
  readonly link?: { readonly href: string; readonly text: string };
}

export interface VerdictInput {
  readonly stats: Stats;
  /** Absent until it has been counted. */
  readonly waiting: Waiting | undefined;
  /** Endpoints that Homing has disabled in the last 24 hours; absent until they have been counted. */
  readonly dropped?: number | undefined;
  /** Events of the last hour that went nowhere; absent until they have been counted. */
  readonly unmatched?: { readonly count: number; readonly isCapped: boolean } | undefined;
  /** False for a key of one sender, which is told nothing about the queue that all share. */
  readonly seesQueue: boolean;
  readonly now: number;
}

const FAILED_LINK = { href: "/messages?tab=failed", text: "Show failed" };
const ATTENTION_LINK = { href: "/messages?tab=attention", text: "Show rolled back" };
const WAITING_LINK = { href: "/messages?tab=waiting", text: "Show waiting" };

/**
 * What is wrong now, worst first, then what is worth knowing; one line at least. Overdue or dead-lettered
 * messages are Homing's own failures; failed ones need a person; what waits for the queue or for a target
 * goes on by itself. A queue that does not answer explains why messages are overdue.
 */
export function verdictOf(input: VerdictInput): readonly VerdictLine[] {
  const { stats, seesQueue } = input;
  const isQueueDown = seesQueue && stats.queue === undefined;
  const wrong = [
    isQueueDown ? queueIsDown(stats) : overdue(stats),
    deadLetters(stats),
    heldUpLanes(stats),
    failedLately(stats),
    isQueueDown ? undefined : rolledBack(stats),
    droppedEndpoints(input),
    inTrouble(input),
  ].filter((line) => line !== undefined);
  const quiet = [failedEarlier(stats), unmatchedEvents(input)].filter((line) => line !== undefined);
  return [...(wrong.length > 0 ? wrong : [allIsWell(input)]), ...quiet];
}

function queueIsDown({ rolledBack: count }: Stats): VerdictLine {
  return {
    tone: "bad",
    title: "The queue does not answer",
    text: `What cannot be sent is stored, and sent by itself when the queue is back: ${amount(count, "message", "messages")} so far.`,
    ...(count > 0 ? { link: ATTENTION_LINK } : {}),
  };
}

function overdue({ oldestOverdueSeconds: seconds }: Stats): VerdictLine | undefined {
  if (seconds === 0) return undefined;
  return {
    tone: "bad",
    title: `Messages are overdue, the oldest by ${spellDuration(seconds * 1_000)}`,
    text: "Homing is not keeping up, or its reconciler is not running. Nothing is lost: they stay stored until they are sent.",
    link: WAITING_LINK,
  };
}

function deadLetters({ deadLetters: count = 0 }: Stats): VerdictLine | undefined {
  if (count === 0) return undefined;
  return {
    tone: "bad",
    title: `${amount(count, "copy", "copies")} in the dead-letter queue`,
    text: "A worker crashed on them again and again. Homing looks at each and sends or fails its message.",
  };
}

function heldUpLanes({ heldUpLanes: count, oldestHeldUpSeconds: seconds }: Stats): VerdictLine | undefined {
  if (count === 0) return undefined;
  return {
    tone: "warn",
    title: `${amount(count, "lane stands", "lanes stand")} still, the longest for ${spellDuration(seconds * 1_000)}`,
    text: "Messages of the same ordering key wait behind one that is not delivered. One that failed and blocks them waits for a retry or a skip.",
    link: { href: "/lanes", text: "Show lanes" },
  };
}

function failedLately(stats: Stats): VerdictLine | undefined {
  const { FAILED } = stats.counts;
  const lately = failuresOf(stats);
  if (FAILED === 0 || lately === 0) return undefined;
  return {
    tone: "warn",
    title: `${amount(FAILED, "message", "messages")} failed`,
    text: `They stay failed until they are retried or resolved. In the last 60 minutes: ${amount(lately, "failure", "failures")}.`,
    link: FAILED_LINK,
  };
}

/** Nothing of it is news, but somebody may not have seen it yet. */
function failedEarlier(stats: Stats): VerdictLine | undefined {
  const { FAILED } = stats.counts;
  if (FAILED === 0 || failuresOf(stats) > 0) return undefined;
  return {
    tone: "quiet",
    title: `${amount(FAILED, "message", "messages")} failed earlier`,
    text: "None in the last 60 minutes. They stay failed until they are retried or resolved.",
    link: FAILED_LINK,
  };
}

function droppedEndpoints({ dropped = 0 }: VerdictInput): VerdictLine | undefined {
  if (dropped === 0) return undefined;
  return {
    tone: "warn",
    title: `${amount(dropped, "endpoint was", "endpoints were")} disabled by Homing`,
    text: "In the last 24 hours, gone or without a delivery for days. No event goes there until somebody activates it again.",
    link: { href: "/endpoints?state=disabled", text: "Show disabled" },
  };
}

/** It may well be meant so: not every event has to be wanted by somebody. */
function unmatchedEvents({ unmatched }: VerdictInput): VerdictLine | undefined {
  if (unmatched === undefined || unmatched.count === 0) return undefined;
  const { count, isCapped } = unmatched;
  return {
    tone: "quiet",
    title: `${isCapped ? "At least " : ""}${amount(count, "event", "events")} matched no endpoint`,
    text: "In the last 60 minutes. They are kept, and can be replayed to an endpoint that wants them.",
    link: { href: "/events?tab=unmatched", text: "Show unmatched" },
  };
}

function failuresOf({ perMinute }: Stats): number {
  return perMinute.reduce((sum, { failed }) => sum + failed, 0);
}

function rolledBack({ rolledBack: count }: Stats): VerdictLine | undefined {
  if (count === 0) return undefined;
  return {
    tone: "warn",
    title: `${amount(count, "message was", "messages were")} rolled back after a failed send`,
    text: "All are stored, and sent again by themselves, each when its time comes.",
    link: ATTENTION_LINK,
  };
}

const MOST_HOSTS = 3;

function inTrouble({ waiting, now }: VerdictInput): VerdictLine | undefined {
  if (waiting === undefined || waiting.inTrouble === 0) return undefined;
  const { inTrouble: count, isCapped, hosts, nextAt } = waiting;
  const named = hosts.slice(0, MOST_HOSTS).map((one) => `${one.host} (${one.count.toLocaleString()})`);
  const others = hosts.length - named.length;
  const targets = [...named, ...(others > 0 ? [`${amount(others, "other", "others")}`] : [])].join(", ");
  const next = nextAt === undefined ? 0 : Date.parse(nextAt) - now;
  return {
    tone: "warn",
    title: `${isCapped ? "At least " : ""}${amount(count, "message waits", "messages wait")} for a target that did not take ${count === 1 ? "it" : "them"}`,
    text: `${targets}. The next attempt follows ${next > 0 ? `in ${spellDuration(next)}` : "now"}.`,
    link: WAITING_LINK,
  };
}

function allIsWell({ stats: { counts }, waiting }: VerdictInput): VerdictLine {
  const open = counts.PENDING + counts.QUEUED + counts.PROCESSING;
  if (open > 0) {
    const scheduled = waiting?.scheduled ?? 0;
    return {
      tone: "good",
      title: "Everything is on its way",
      text: `${amount(open, "message is", "messages are")} waiting or being delivered, none overdue${scheduled > 0 ? `; ${scheduled.toLocaleString()} scheduled` : ""}.`,
    };
  }
  if (counts.COMPLETED + counts.CANCELLED + counts.FAILED > 0) {
    return { tone: "good", title: "Everything came home", text: "Nothing is waiting, nothing fails." };
  }
  return {
    tone: "good",
    title: "Nothing has been sent yet",
    text: "Messages appear here as soon as a producer sends one.",
  };
}

export function amount(count: number, one: string, many: string): string {
  return `${count.toLocaleString()} ${count === 1 ? one : many}`;
}
