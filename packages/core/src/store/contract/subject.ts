import { expect } from "vitest";
import type { Message } from "../../message/message.ts";
import { perform, type Transition } from "../../message/transition.ts";
import { type StepName, stepOf } from "../../testing/journey.ts";
import type { TestClock } from "../../testing/test-clock.ts";
import type { MessageStore } from "../message-store.ts";

/** A store under test. Every test uses messages of its own, so that one table can serve all of them. */
export interface StoreSubject {
  readonly store: MessageStore;
  /** What the store was given as its clock. */
  readonly clock: TestClock;
  readonly close?: () => Promise<void>;
}

export type MakeStore = () => Promise<StoreSubject>;

/** Stores the message and takes it through the steps; answers it as it is then. */
export async function travel(
  store: MessageStore,
  message: Message,
  names: readonly StepName[],
): Promise<Message> {
  await store.insert(message);
  let current = message;
  for (const name of names) current = await take(store, current, stepOf(name, current));
  return current;
}

/** Applies a transition that must take effect, and proves that the store holds exactly what it means. */
export async function take(store: MessageStore, before: Message, transition: Transition): Promise<Message> {
  const expected = perform(transition, before);
  if (!expected) throw new Error(`${transition.name} is not allowed from ${before.status}.`);
  const result = await store.apply(before.messageId, transition);
  expect(result).toEqual({ applied: true, message: expected });
  expect(await store.get(before.messageId)).toEqual(expected);
  return expected;
}
