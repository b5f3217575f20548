import { decodeCopy, tellPlace } from "./place.ts";
import type { Message, State } from "./state.ts";
import { isFinished, STATUS, STATUS_NAMES } from "./words.ts";

const DUE_NAMES = ["", " due later", " due NOW", " due far off", " due far off, NOW"];

/** A state in one line, for a story. */
export function show(state: State): string {
  const { lane, line, segments, copies } = state;
  const overflow = lane.overflowing ? ` overflow from ${lane.nextSegment}` : "";
  const queue = [...copies].map(decodeCopy).map(({ message, attempt }) => `m${message} for ${attempt}`);
  const shown = segments
    .filter(({ fields }) => fields.number > 0)
    .map(
      ({ fields, places }) =>
        `segment ${fields.number}${fields.sealed ? " sealed" : ""} ${tellPlaces(places)}`,
    );
  return [
    ...state.messages.map(showMessage),
    `lane ${tellPlaces(line)}${overflow}${DUE_NAMES[lane.due]}`,
    ...shown,
    `queue [${queue.join(", ")}]`,
  ].join(" | ");
}

function showMessage(message: Message, index: number): string {
  const { status, waitsForTurn, round, due, leaseOver, skipped } = message;
  if (status === STATUS.none) return `m${index} -`;
  return [
    `m${index} ${STATUS_NAMES[status]}`,
    waitsForTurn && !isFinished(status) ? " waits" : "",
    round ? " again" : "",
    DUE_NAMES[due],
    status === STATUS.processing ? (leaseOver ? " lease over" : " lease held") : "",
    skipped ? " skipped" : "",
  ].join("");
}

function tellPlaces(places: Iterable<number>): string {
  return `[${[...places].map(tellPlace).join(" ")}]`;
}
