import { formatDuration } from "@homing/core/duration";
import type { Change, ScheduledEndpoint, ScheduledEvent, ScheduledListener } from "./simulate/fan-out.ts";
import { fanOutOf, letter, type Schedule } from "./simulate/schedule.ts";
import { tellAnswers, tellWhen } from "./tell-schedule.ts";

export function tellFanOut(schedule: Schedule): string[] {
  const { endpoints, events, changes, listeners = [] } = fanOutOf(schedule);
  const { messages, setup } = schedule;
  return [
    ...endpoints.map(tellEndpoint),
    ...events.map((event, index) => tellEvent(event, letter(messages.length + index), setup.batched)),
    ...changes.map(tellChange),
    ...listeners.map(tellListener),
  ];
}

function tellEndpoint(
  { created, eventTypes, channels, foreign, rateLimit, answers }: ScheduledEndpoint,
  index: number,
): string {
  return [
    `endpoint ${index}${foreign ? " of another sender" : ""} ${created ? `is created ${tellWhen(created)}` : "is there"}`,
    `types: ${eventTypes?.join(" ") ?? "all"}`,
    ...(channels ? [`channels: ${channels.join(" ")}`] : []),
    ...(rateLimit ? [`at most ${rateLimit.count} in ${rateLimit.period}`] : []),
    `answers ${tellAnswers(answers)}`,
  ].join("; ");
}

function tellEvent(event: ScheduledEvent, name: string, batched: boolean): string {
  const { idempotent, eventType, channels, endpoint, deliverWithinMs, large, posts } = event;
  const times = posts.map(
    ({ when, repeats, conflicting }) =>
      `${tellWhen(when)}${conflicting ? " with another body" : ""}${repeats ? `, repeated up to ${repeats} times` : ""}`,
  );
  return [
    `event ${name} (${eventType}, ${idempotent ? "with" : "without"} a key${large ? ", large" : ""}) is posted ${batched ? "in one batch " : ""}${times.join("; ")}`,
    ...(channels ? [`in ${channels.join(" ")}`] : []),
    ...(endpoint === undefined ? [] : [`to endpoint ${endpoint} alone`]),
    ...(deliverWithinMs === undefined ? [] : [`useless ${formatDuration(deliverWithinMs)} later`]),
  ].join("; ");
}

function tellChange({ kind, when, endpoint }: Change): string {
  const wanted: Readonly<Record<Change["kind"], string>> = {
    configure: "given another URL",
    delete: "deleted",
    rotate: "given another secret",
    tryOut: "tried by hand",
    replay: "brought what it has missed",
    sendUndelivered: "sent at once what it has not got",
    ACTIVE: "ACTIVE",
    PAUSED: "PAUSED",
    DISABLED: "DISABLED",
  };
  return `endpoint ${endpoint} is to be ${wanted[kind]} ${tellWhen(when)}`;
}

function tellListener({ when, endpoint, looks }: ScheduledListener): string {
  return `a listener looks ${looks} times for what endpoint ${endpoint} holds, ${tellWhen(when)}`;
}
