/** A schedule told in words: what was to happen, and what came of it. */
import { formatDuration } from "@homing/core/duration";
import type { Violation } from "./check/violation.ts";
import { START_AT } from "./simulate/fixed-times.ts";
import type { Incident, Span } from "./simulate/incident.ts";
import { type Action, letter, type Schedule, type ScheduledMessage } from "./simulate/schedule.ts";
import type { Simulation } from "./simulate/simulation.ts";
import { tellFanOut } from "./tell-fan-out.ts";
import { tellAnswers, tellWhen } from "./tell-schedule.ts";

/** The schedule, everything that happened, and what was violated. */
export function tellStory(simulation: Simulation, violation: Violation | undefined): string {
  const lines = [
    "The schedule:",
    ...tellSchedule(simulation.schedule).map((line) => `  ${line}`),
    "What happened:",
    ...simulation.ledger.story.map(({ at, who, what }) => `  ${clock(at)}  ${who}: ${what}`),
  ];
  if (violation) lines.push(`Violated at ${clock(violation.at)}: ${violation.text}`);
  return lines.join("\n");
}

export function tellSchedule(schedule: Schedule): string[] {
  const { setup, messages, actions, incidents } = schedule;
  const retries = setup.retryScheduleMs.map(formatDuration).join(", ") || "none";
  return [
    `retries after ${retries}; queue deadline ${formatDuration(setup.queueDeadlineMs)}; ${setup.workers} workers with batches of ${setup.batchSize}; two reconcilers, ${setup.secondReconcilerMs} ms apart, ${setup.groups} groups; clocks up to ${2 * setup.skewMs} ms apart${setup.linePlaces === undefined ? "" : `; lines of ${setup.linePlaces}`}${setup.freezes ? "; workers frozen between invocations" : ""}${setup.sliceEndpoints ? `; slices of ${setup.sliceEndpoints}` : ""}${setup.perEndpoint ? `; ${setup.perEndpoint} releases a run` : ""}`,
    ...messages.map((message, index) => tellMessage(message, index, setup.batched)),
    ...tellFanOut(schedule),
    ...actions.map(tellAction),
    ...incidents.map(tellIncident),
  ];
}

function tellMessage(message: ScheduledMessage, index: number, batched: boolean): string {
  const { idempotent, lane, blocks, deliverAfterMs, deliverWithinMs, posts, answers } = message;
  const times = posts.map(
    ({ when, repeats, conflicting }) =>
      `${tellWhen(when)}${conflicting ? " with another body" : ""}${repeats ? `, repeated up to ${repeats} times` : ""}`,
  );
  return [
    `message ${letter(index)} (${idempotent ? "with" : "without"} a key) is posted ${batched ? "in one batch " : ""}${times.join("; ")}`,
    ...(lane === undefined ? [] : [`in lane ${lane}${blocks ? ", which it blocks when it has failed" : ""}`]),
    ...(deliverAfterMs === undefined ? [] : [`to be delivered after ${formatDuration(deliverAfterMs)}`]),
    ...(deliverWithinMs === undefined ? [] : [`useless ${formatDuration(deliverWithinMs)} later`]),
    `target: ${tellAnswers(answers)}`,
  ].join("; ");
}

function tellAction(action: Action): string {
  const at = tellWhen(action.when);
  switch (action.kind) {
    case "retry":
    case "cancel":
    case "skip":
    case "resolve":
      return `an operator wants to ${action.kind} ${letter(action.message)} ${at}${action.again ? `, and ${action.again} times more` : ""}`;
    case "rotate":
      return `the signing secret of the sender of ${letter(action.message)} is replaced ${at}`;
    case "retryEvent":
      return `an operator retries event ${letter(action.message)} ${at}`;
    case "retryAllFailed":
      return `an operator retries all that has failed ${at}`;
    case "resolveAllFailed":
      return `an operator resolves all that has failed ${at}`;
    case "foreignRecord":
      return `a foreign record (${action.body}) appears in the queue ${at}`;
    default:
      return `${action.kind} ${at} for ${formatDuration(action.ms)}`;
  }
}

function tellIncident({ operation, message, occurrence, times, fault, span }: Incident): string {
  const which = times === 1 ? `call ${occurrence}` : `calls ${occurrence} to ${occurrence + times - 1}`;
  return `${which} of ${operation} for ${letter(message)}: ${fault} (${tellSpan(span)})`;
}

function tellSpan({ ms, until }: Span): string {
  return until === undefined ? formatDuration(ms) : `until the next ${until}, at most ${formatDuration(ms)}`;
}

/** Since the beginning: hours, minutes, seconds, milliseconds. */
function clock(at: number): string {
  const ms = at - START_AT;
  const part = (value: number, digits: number) => String(Math.floor(value)).padStart(digits, "0");
  return `${part(ms / 3_600_000, 2)}:${part((ms / 60_000) % 60, 2)}:${part((ms / 1_000) % 60, 2)}.${part(ms % 1_000, 3)}`;
}
