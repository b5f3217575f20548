/** The expansion of an event to all endpoints that match: completely, and once an endpoint. */
import type { Model, Take } from "../model.ts";
import { administratorTurn } from "./administrator.ts";
import { callTurn, forgetRead } from "./call.ts";
import { violation, violationAtRest } from "./invariants.ts";
import { reconcilerTurn } from "./reconciler.ts";
import { replayTurn } from "./replay.ts";
import type { ActorName, Scenario } from "./scenario.ts";
import { A, type Actor, DONE, ENDPOINTS, LATE_WRITE, newState, reset, type State } from "./state.ts";
import type { Turn } from "./turn.ts";
import type { WeakeningName } from "./weakening.ts";
import { apply, decodeWrite, encodeWrite } from "./writes.ts";

const TURNS: Readonly<Record<ActorName, (turn: Turn) => void>> = {
  "call 1": callTurn,
  "call 2": callTurn,
  "reconciler 1": reconcilerTurn,
  "reconciler 2": reconcilerTurn,
  administrator: administratorTurn,
  replay: replayTurn,
};

export function expandModel({ actors, faults }: Scenario, weakening?: WeakeningName): Model {
  const here = newState(actors.length);
  const next = newState(actors.length);
  const first = newState(actors.length);
  first.table.head = first.table.cachedHead = 1;
  first.table.active = first.table.cachedActive = first.history.answeredActive = A;

  return {
    width: here.bytes.length,
    first: () => first.bytes.slice(),
    steps(state, take) {
      here.bytes.set(state);
      for (const [index, name] of actors.entries()) {
        const actor = here.actors[index];
        if (actor && actor.step !== DONE) actorSteps(name, index, actor, take);
      }
      for (const [index, code] of here.late.entries()) if (code) lateStep(index, code, take);
      for (const endpoint of ENDPOINTS) if (here.table.live & endpoint) deliverStep(endpoint, take);
    },
    violationAtRest(state) {
      here.bytes.set(state);
      return violationAtRest(here);
    },
  };

  function step(label: string, change: (next: State) => void, take: Take): void {
    next.bytes.set(here.bytes);
    change(next);
    canonical(next);
    take({ label, next: next.bytes, violation: violation(next), isCut: false });
  }

  function actorSteps(name: ActorName, index: number, actor: Actor, take: Take): void {
    const isReconciler = TURNS[name] === reconcilerTurn;
    const mayFail = here.history.faults < faults;
    const change = (label: string, make: (actor: Actor, next: State) => void) =>
      step(`${name} ${label}`, (after) => make(actorOf(after, index), after), take);
    const fault = (label: string, make: (next: State) => void) =>
      change(label, (dead, after) => {
        after.history.faults += 1;
        make(after);
        // Another run of the reconciler comes; nobody makes a call again that died.
        reset(dead, isReconciler ? 0 : DONE);
      });
    TURNS[name]({
      state: here,
      actor,
      number: index + 1,
      weakening,
      step: change,
      write(write, answered) {
        change(`writes ${write.kind}`, (after, state) =>
          answered(after, state, apply(state, write, weakening)),
        );
        if (!mayFail) return;
        fault(`is told that ${write.kind} failed, and it happens later`, ({ late }) => {
          late[late.indexOf(0)] = encodeWrite(write);
          late.sort();
        });
        fault(`writes ${write.kind} and dies`, (state) => void apply(state, write, weakening));
      },
    });
    if (mayFail && actor.step !== 0 && name !== "administrator") fault("dies", () => {});
  }

  function lateStep(index: number, code: number, take: Take): void {
    const write = decodeWrite(code);
    const storesEvent = write.kind === "insertEvent" && !here.table.revision;
    const happen = (after: State) => {
      after.late[index] = 0;
      after.late.sort();
      apply(after, write, weakening);
      if (storesEvent) after.history.storedBy = LATE_WRITE;
    };
    step(`late, ${write.kind} happens`, happen, take);
  }

  function deliverStep(endpoint: number, take: Take): void {
    const deliver = ({ table }: State) => {
      table.live &= ~endpoint;
      table.delivered |= endpoint;
    };
    step(`the message to ${endpoint === A ? "A" : "B"} is delivered`, deliver, take);
  }

  function canonical(state: State): void {
    for (const [index, name] of actors.entries()) {
      const actor = actorOf(state, index);
      if (actor.step === DONE) reset(actor, DONE);
      else if (TURNS[name] === callTurn) forgetRead(actor);
    }
  }
}

function actorOf({ actors }: State, index: number): Actor {
  const actor = actors[index];
  if (!actor) throw new RangeError(`There is no actor ${index}.`);
  return actor;
}
