/**
 * Revisions, sendIds and claims are random tokens. A process only ever asks whether the one it holds is still the present
 * one, so the model keeps that answer, and every write changes it for all who hold another.
 */
import type { Process, State } from "./state.ts";

/** The process reads the message: all it holds is the present one. */
export function read(process: Process, message: number): void {
  process.message = message + 1;
  process.isFresh = process.isOwnSend = process.isOwnClaim = 1;
  process.repeats = 0;
}

/** A transition by `me`: the revision is another one. */
export function newRevision(state: State, message: number, me: Process): void {
  for (const process of state.processes)
    if (process.message === message + 1) process.isFresh = process === me ? 1 : 0;
}

export function newSend(state: State, message: number, me: Process): void {
  for (const process of state.processes)
    if (process.message === message + 1 && process !== me) process.isOwnSend = 0;
  me.isOwnSend = 1;
}

export function newClaim(state: State, message: number, me: Process): void {
  for (const process of state.processes)
    if (process.message === message + 1 && process !== me) process.isOwnClaim = 0;
  me.isOwnClaim = 1;
  me.leaseOver = 0;
}

/** The process reads the lane, or gets it as the answer to its write. */
export function readLane({ lane, line }: State, me: Process): void {
  me.head = line.length ? line.at(0) : 0;
  me.places = Math.min(2, line.length);
  me.overflowing = lane.overflowing;
  me.segment = lane.nextSegment;
  me.armed = lane.due ? 1 : 0;
  me.headReleased = 0;
}
