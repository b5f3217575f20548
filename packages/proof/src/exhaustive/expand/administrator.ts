/** Creates endpoint B, then disables A. A change is answered once the head has been raised. */
import { A, B, type State } from "./state.ts";
import type { Turn } from "./turn.ts";

interface Change {
  readonly label: string;
  readonly make: (state: State) => void;
}

const createB: Change = {
  label: "creates endpoint B",
  make: ({ table }) => {
    table.active |= B;
  },
};
const disableA: Change = {
  label: "disables endpoint A",
  make: ({ table }) => {
    table.active &= ~A;
  },
};
const raiseHead: Change = {
  label: "raises the head",
  make: ({ table }) => {
    table.head += 1;
  },
};
const answerB: Change = {
  label: "is told that B is there",
  make: ({ history }) => {
    history.answeredActive |= B;
  },
};
const answerA: Change = {
  label: "is told that A is disabled",
  make: ({ history }) => {
    history.answeredActive &= ~A;
    history.answeredDisabled |= A;
  },
};

const IN_ORDER = [createB, raiseHead, answerB, disableA, raiseHead, answerA];
const HEAD_FIRST = [raiseHead, createB, answerB, raiseHead, disableA, answerA];

export function administratorTurn(turn: Turn): void {
  const { actor, weakening } = turn;
  const change = (weakening === "headBeforeEndpoint" ? HEAD_FIRST : IN_ORDER)[actor.step];
  if (!change) return;
  const isAnswer = change === answerA || change === answerB;
  turn.step(change.label, (after, next) => {
    change.make(next);
    if (!isAnswer) next.history.changing |= actor.step < IN_ORDER.indexOf(disableA) ? B : A;
    after.step += 1;
  });
}
