/**
 * Explores every state of a model, breadth first, so that the story of the first violation is a shortest one. Nothing
 * is random and nothing depends on time: the same model and limits find the same.
 */
import { Frontier } from "./frontier.ts";
import type { Model } from "./model.ts";
import { Trail } from "./trail.ts";
import { Visited } from "./visited.ts";

const DEFAULT_MOST_STATES = 4_000_000;

export interface Limits {
  /** Ends the search, undecided. */
  readonly mostStates?: number;
  /** Every how many new states one is asked whether it is stuck. */
  readonly fairRunEvery?: number;
}

export interface Exploration {
  readonly states: number;
  /** Steps to the farthest state. */
  readonly depth: number;
  /** Steps that led out of what the model holds. */
  readonly cut: number;
  readonly fairRuns: number;
  /** Whether no state was left out: neither by a violation nor by a limit. */
  readonly isComplete: boolean;
  readonly violation: Violation | undefined;
}

export interface Violation {
  readonly text: string;
  /** Each step from the first state. */
  readonly steps: readonly string[];
  /** The same, with the state after each step where the model can show it. */
  readonly story: readonly string[];
}

interface Found {
  readonly text: string;
  readonly choices: readonly number[];
  readonly run?: readonly string[];
}

export function search(model: Model, limits: Limits = {}): Exploration {
  const { mostStates = DEFAULT_MOST_STATES, fairRunEvery = 0 } = limits;
  const visited = new Visited(model.width);
  const trail = new Trail();
  const state = model.first();
  let frontier = new Frontier(model.width);
  visited.add(state);
  frontier.push(state);
  let [states, depth, cut, fairRuns, id] = [1, 0, 0, 0, -1];
  let found: Found | undefined;

  while (frontier.length > 0 && !found && states < mostStates) {
    const next = new Frontier(model.width);
    while (!found && states < mostStates && frontier.take(state)) {
      id += 1;
      let choices = 0;
      const asked: { id: number; state: Uint8Array }[] = [];
      model.steps(state, (step) => {
        const choice = choices++;
        if (found || states >= mostStates) return;
        if (step.isCut) cut += 1;
        else if (step.violation !== undefined)
          found = { text: step.violation, choices: [...trail.to(id), choice] };
        else if (visited.add(step.next)) {
          const reached = trail.add(id, choice);
          next.push(step.next);
          states += 1;
          if (fairRunEvery && states % fairRunEvery === 0)
            asked.push({ id: reached, state: step.next.slice() });
        }
      });
      const atRest = choices === 0 ? model.violationAtRest?.(state) : undefined;
      if (atRest !== undefined) found = { text: atRest, choices: trail.to(id) };
      for (const one of asked) {
        fairRuns += 1;
        const stuck = model.stuck?.(one.state);
        if (stuck) found ??= { text: stuck.violation, choices: trail.to(one.id), run: stuck.run };
      }
    }
    if (next.length > 0 && !found) depth += 1;
    frontier = next;
  }
  const violation = found && tell(model, found);
  return { states, depth, cut, fairRuns, isComplete: frontier.length === 0 && !found, violation };
}

/** Takes the found choices once more, from the first state on. */
function tell(model: Model, { text, choices, run }: Found): Violation {
  const state = model.first();
  const steps: string[] = [];
  const story: string[] = [];
  for (const wanted of choices) {
    let choice = 0;
    const from = state.slice();
    model.steps(from, ({ label, next }) => {
      if (choice++ !== wanted) return;
      steps.push(label);
      state.set(next);
    });
    story.push(...steps.slice(-1));
    if (model.show) story.push(`    ${model.show(state)}`);
  }
  if (run) story.push(`From here on nothing fails: ${run.join("; ")}`);
  return { text, steps, story };
}
