import type { Stats } from "../api/types.ts";
import { spellDuration } from "../ui/times.ts";

export type Tone = "good" | "warn" | "bad";

export interface VerdictText {
  readonly tone: Tone;
  readonly title: string;
  readonly text: string;
}

/**
 * The whole overview in two sentences, worst news first. Overdue or dead-lettered messages are Homing's own
 * failures; rolled back ones wait for the queue; failed ones need a person. While the queue itself does not
 * answer, that explains all the rest.
 */
export function verdictOf(stats: Stats): VerdictText {
  const { counts, rolledBack, queue, deadLetters = 0, oldestOverdueSeconds } = stats;
  const open = counts.PENDING + counts.QUEUED + counts.PROCESSING;
  if (queue === undefined) {
    return {
      tone: "bad",
      title: "The queue does not answer",
      text: `What cannot be sent is stored and rolled back, and sent by itself when the queue is back: ${amount(rolledBack, "unfinished message", "unfinished messages")} so far.`,
    };
  }
  if (oldestOverdueSeconds > 0) {
    return {
      tone: "bad",
      title: `Messages are overdue, the oldest by ${spellDuration(oldestOverdueSeconds * 1_000)}`,
      text: "Homing is not keeping up, or its reconciler is not running. Nothing is lost: they stay stored until they are sent.",
    };
  }
  if (deadLetters > 0) {
    return {
      tone: "bad",
      title: `${amount(deadLetters, "copy", "copies")} in the dead-letter queue`,
      text: "A worker crashed on them again and again. Homing looks at each and sends or fails its message.",
    };
  }
  if (rolledBack > 0) {
    return {
      tone: "warn",
      title: `${amount(rolledBack, "unfinished message was", "unfinished messages were")} rolled back after a failed send`,
      text: "All of them are stored. Homing has sent them again, or does so as soon as the queue takes them.",
    };
  }
  if (counts.FAILED > 0) {
    return {
      tone: "warn",
      title: `${amount(counts.FAILED, "message", "messages")} failed`,
      text:
        open > 0
          ? `The other ${amount(open, "open message is", "open messages are")} on ${open === 1 ? "its" : "their"} way, none overdue.`
          : "Everything else is finished, nothing is overdue.",
    };
  }
  if (open > 0) {
    return {
      tone: "good",
      title: "Everything is on its way",
      text: `${amount(open, "message is", "messages are")} waiting or being delivered, none overdue, none failed.`,
    };
  }
  const total = counts.COMPLETED + counts.CANCELLED;
  return total > 0
    ? { tone: "good", title: "Everything came home", text: "Nothing is waiting, nothing failed." }
    : {
        tone: "good",
        title: "Nothing has been sent yet",
        text: "Messages appear here as soon as a producer sends one.",
      };
}

export function amount(count: number, one: string, many: string): string {
  return `${count.toLocaleString()} ${count === 1 ? one : many}`;
}
