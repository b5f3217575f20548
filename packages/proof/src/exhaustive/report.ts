/** What `npm run prove -- --exhaustive` does and says. */
import type { Part, Protocol, Weakening } from "./protocol.ts";
import { search, type Violation } from "./search.ts";

export interface Exhaustive {
  readonly mostStates: number;
  /** One of them alone, counted from 1. */
  readonly part: number | undefined;
  readonly print: (line: string) => void;
}

/** The whole protocol in each of its scenarios; answers how many violations there were. */
export function exploreParts({ parts }: Protocol, options: Exhaustive): number {
  return chosen(parts, options.part).filter(([number, part]) => !holds(number, part, options)).length;
}

/** Each rule taken out; answers how many were not missed. */
export function exploreWeakenings({ weakenings }: Protocol, options: Exhaustive): number {
  return chosen(weakenings, options.part).filter(([number, one]) => !isMissed(number, one, options)).length;
}

function holds(number: number, part: Part, { mostStates, print }: Exhaustive): boolean {
  const startedAt = performance.now();
  const { fairRunEvery = 0 } = part;
  const { states, depth, isComplete, cut, fairRuns, violation } = search(part.make(), {
    mostStates,
    fairRunEvery,
  });
  const facts = [
    `${states.toLocaleString("en")} states`,
    `depth ${depth}`,
    isComplete ? "all of them" : "not all",
    ...(cut ? [`${cut.toLocaleString("en")} steps cut`] : []),
    ...(fairRuns ? [`${(2 * fairRuns).toLocaleString("en")} fair runs`] : []),
    `${((performance.now() - startedAt) / 1_000).toFixed(1)} s`,
  ];
  print(`${number}. ${part.scenario}`);
  print(`   ${facts.join(", ")}: ${violation ? violation.text : "no violation"}`);
  if (violation) printStory(violation, print);
  const isAsKnown = part.states === undefined || !isComplete || part.states === states;
  if (!isAsKnown) print(`   there were ${part.states?.toLocaleString("en")}: the model is another one now`);
  return !violation && isAsKnown;
}

function isMissed(number: number, weakening: Weakening, { mostStates, print }: Exhaustive): boolean {
  const { name, removes, scenario, fairRunEvery = 0 } = weakening;
  const { states, violation } = search(weakening.make(), { mostStates, fairRunEvery });
  print(`${number}. ${name}, without: ${removes}`);
  print(`   ${scenario}; ${states.toLocaleString("en")} states`);
  if (!violation) print("   SURVIVED");
  else {
    print(`   after ${violation.steps.length} steps: ${violation.text}`);
    printStory(violation, print);
  }
  return violation !== undefined;
}

function printStory({ story }: Violation, print: (line: string) => void): void {
  for (const line of story) print(`      ${line}`);
}

/** With their numbers, from 1. */
function chosen<T>(all: readonly T[], part: number | undefined): [number, T][] {
  const numbered = all.map((one, index): [number, T] => [index + 1, one]);
  return part === undefined ? numbered : numbered.filter(([number]) => number === part);
}
