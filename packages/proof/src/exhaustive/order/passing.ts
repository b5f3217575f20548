/** What nobody does: time passes, and the queue hands copies out again. */
import type { State } from "./state.ts";
import { DUE, isFinished, KIND, STATUS, STEP } from "./words.ts";

/** Steps of time, of the queue, and the end of a wait for a turn, which no fair run may rest on. */
export type Source = "time" | "queue" | "waitsEnd";

export interface Passing {
  readonly label: string;
  readonly source: Source;
  readonly isFault?: boolean;
  readonly change: (next: State) => void;
}

export function timeSteps(state: State, waitsEnd: boolean, take: (passing: Passing) => void): void {
  for (const [index, { status, due, leaseOver }] of state.messages.entries()) {
    if (status === STATUS.none || isFinished(status)) continue;
    const holdsLease = status === STATUS.processing && !leaseOver;
    if (due === DUE.near && !holdsLease)
      take({ label: `time: dueAt of m${index} passes`, source: "time", change: setDue(index, DUE.now) });
    if (waitsEnd && due === DUE.far)
      take({
        label: `time: m${index} has waited too long`,
        source: "waitsEnd",
        change: setDue(index, DUE.farNow),
      });
    if (holdsLease)
      take({
        label: `time: the lease of m${index} ends`,
        source: "time",
        change: (next) => leaseEnds(next, index),
      });
  }
  if (state.lane.due === DUE.near)
    take({
      label: "time: the lane is due",
      source: "time",
      change: ({ lane }) => {
        lane.due = DUE.now;
      },
    });
}

export function queueSteps(state: State, doubles: boolean, take: (passing: Passing) => void): void {
  for (const [index, process] of state.processes.entries())
    if (process.kind === KIND.worker && process.step > STEP.done && process.holdsCopy)
      take({
        label: "SQS: the copy in a worker's hands becomes visible again",
        source: "queue",
        change: (next) => {
          next.giveBack(next.process(index));
          next.process(index).holdsCopy = 0;
        },
      });
  for (let index = 0; doubles && index < state.copies.length; index += 1) {
    const { message, attempt } = state.copy(index);
    take({
      label: `SQS: doubles the copy of m${message}`,
      source: "queue",
      isFault: true,
      change: (next) => next.addCopy(message, attempt),
    });
  }
}

/** All time that can pass at once. */
export function passAllTime({ messages, lane }: State): void {
  for (const message of messages) {
    if (message.due === DUE.near) message.due = DUE.now;
    if (message.status === STATUS.processing) message.leaseOver = 1;
  }
  if (lane.due === DUE.near) lane.due = DUE.now;
}

function setDue(index: number, due: number): (next: State) => void {
  return (next) => {
    next.message(index).due = due;
  };
}

function leaseEnds(next: State, index: number): void {
  const message = next.message(index);
  message.leaseOver = 1;
  message.explained = 1;
  for (const process of next.processes)
    if (
      process.kind === KIND.worker &&
      process.message === index + 1 &&
      process.isOwnClaim &&
      process.step >= STEP.claim &&
      process.step <= STEP.outcome
    )
      process.leaseOver = 1;
}
