/** A producer's call. All calls have one idempotency key, and are made in one process, which remembers the endpoints. */
import { insertMessages } from "./insert-messages.ts";
import { type Actor, DONE, ENDPOINTS, type State } from "./state.ts";
import type { Turn } from "./turn.ts";

const START = 0;
const READ_HEAD = 1;
const READ_ENDPOINTS = 2;
const STORE_EVENT = 3;
const EXPAND = 4;
const ANSWER = 5;
/** Of weakened calls alone: the head after the endpoints; the messages before their event. */
const READ_HEAD_AFTER = 6;
const INSERT_BEFORE = 7;

export function callTurn(turn: Turn): void {
  const { state, actor, weakening } = turn;
  const { table } = state;
  switch (actor.step) {
    case START:
      turn.step("starts", (after) => {
        after.step = READ_HEAD;
        after.knowsActive = state.history.answeredActive;
        after.knowsDisabled = state.history.answeredDisabled;
        after.knowsChanging = state.history.changing;
      });
      break;
    case READ_HEAD:
      if (weakening === "endpointsBeforeHead") {
        turn.step("reads the endpoints first", (after) => {
          after.head = table.head;
          after.active = table.active;
          after.step = READ_HEAD_AFTER;
        });
        break;
      }
      turn.step("reads the head", (after) => {
        after.head = weakening === "cachedWithoutHead" ? table.cachedHead : table.head;
        if (after.head === table.cachedHead) {
          after.active = table.cachedActive;
          after.step = STORE_EVENT;
        } else after.step = READ_ENDPOINTS;
      });
      break;
    case READ_HEAD_AFTER:
      turn.step("reads the head", (after, next) => {
        after.head = table.head;
        if (after.head === table.cachedHead) after.active = table.cachedActive;
        else remember(after, next);
        after.step = STORE_EVENT;
      });
      break;
    case READ_ENDPOINTS:
      turn.step("reads the endpoints", (after, next) => {
        after.active = table.active;
        remember(after, next);
        after.step = STORE_EVENT;
      });
      break;
    case STORE_EVENT:
      if (weakening === "messagesBeforeEvent") {
        turn.step("begins with the messages", (after) => {
          after.matched = after.todo = after.active;
          after.step = INSERT_BEFORE;
        });
        break;
      }
      turn.write({ kind: "insertEvent", of: actor.active }, (after, next, applied) => {
        after.matched = weakening === "repeatedCallMatchesAgain" ? actor.active : next.table.matched;
        after.todo = after.matched;
        after.revision = next.table.revision;
        after.step = next.table.due || weakening === "noDueAt" ? EXPAND : ANSWER;
        if (applied) signStored(turn, next);
      });
      break;
    case INSERT_BEFORE: {
      const first = ENDPOINTS.find((endpoint) => actor.todo & endpoint);
      if (first) {
        turn.write({ kind: "insertMessage", of: first }, (after) => {
          after.todo &= ~first;
        });
        break;
      }
      turn.write({ kind: "insertEvent", of: actor.matched }, (after, next, applied) => {
        after.revision = next.table.revision;
        after.step = EXPAND;
        if (applied) signStored(turn, next);
      });
      break;
    }
    case EXPAND:
      insertMessages(turn, (after) => {
        after.step = ANSWER;
      });
      break;
    case ANSWER:
      turn.step("answers 202", (after, next) => {
        after.step = DONE;
        next.history.accepted = 1;
      });
      break;
  }
}

/** What a call that has stored the event does not need any more makes no difference between two states. */
export function forgetRead(actor: Actor): void {
  if (actor.step !== EXPAND && actor.step !== ANSWER) return;
  actor.head = actor.active = actor.matched = 0;
  actor.knowsActive = actor.knowsDisabled = actor.knowsChanging = 0;
}

function remember(actor: Actor, { table }: State): void {
  table.cachedHead = actor.head;
  table.cachedActive = actor.active;
}

function signStored({ actor, number }: Turn, { history }: State): void {
  history.storedBy = number;
  history.storedKnowing = actor.knowsActive;
  history.storedKnowingDisabled = actor.knowsDisabled;
  history.storedKnowingChanging = actor.knowsChanging;
}
