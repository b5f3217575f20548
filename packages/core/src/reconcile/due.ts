import { type EventAction, eventAction } from "../event/due-event.ts";
import type { Event } from "../event/event.ts";
import type { Message } from "../message/message.ts";
import { type DueAction, dueAction } from "./due-action.ts";
import type { HeldAction } from "./held-action.ts";

/** What can be due. */
export type Subject = Message | Event;

export type Due = DueMessage | DueEvent;

export interface DueMessage {
  readonly message: Message;
  readonly action: DueAction | HeldAction;
}

export interface DueEvent {
  readonly event: Event;
  readonly action: EventAction;
}

export function dueOf(subject: Subject, now: number): Due | undefined {
  if ("matched" in subject) {
    const action = eventAction(subject, now);
    return action && { event: subject, action };
  }
  const action = dueAction(subject, now);
  return action && { message: subject, action };
}

export function isToJoin(subject: Subject, now: number): boolean {
  return !("matched" in subject) && dueAction(subject, now)?.kind === "join";
}

export function needsQueue(due: Due): boolean {
  if ("event" in due) return due.action !== "giveUp";
  switch (due.action.kind) {
    case "enqueue":
    case "orphan":
    case "endLease":
    case "release":
      return true;
    default:
      return false;
  }
}
