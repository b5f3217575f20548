/** Does something to one message after the other, a few at a time, and tells what became of each. */
import { ApiError, isTransient } from "../api/api-error.ts";

export type Outcome =
  | { readonly kind: "done" }
  /** Done, but the queue does not take it: Homing sends it by itself. */
  | { readonly kind: "stored" }
  | { readonly kind: "refused"; readonly error: unknown }
  /** Its answer was lost: it may have been done or not. */
  | { readonly kind: "unanswered"; readonly error: unknown }
  /** Not done: it was not asked for, or not let in. */
  | { readonly kind: "unasked"; readonly error?: unknown };

export interface ActDependencies<Item> {
  readonly call: (item: Item) => Promise<unknown>;
  /** How long to wait after a call that was too many, given how many have been in a row. */
  readonly pause: (failures: number, error: unknown, signal: AbortSignal) => Promise<void>;
}

/** A browser keeps few connections to one origin, and the screen behind goes on asking. */
const PARALLEL = 4;
const TRIES = 4;
/** After so many without an answer the API is away, and there is no use in asking for all the others. */
const MOST_UNANSWERED = PARALLEL;

/**
 * Reports each as soon as it is known. A call that the API has not let in, because there were too many, is repeated; one
 * whose answer was lost is not, since it may have taken effect. Once `signal` is aborted nothing more is begun; what is
 * on its way ends.
 */
export async function actOnEach<Item>(
  deps: ActDependencies<Item>,
  items: readonly Item[],
  signal: AbortSignal,
  onOutcome: (item: Item, outcome: Outcome) => void,
): Promise<void> {
  const left = items.values();
  /** The errors since the last answer. */
  let inARow: readonly unknown[] = [];
  const work = async () => {
    for (const item of left) {
      if (signal.aborted) onOutcome(item, { kind: "unasked" });
      else if (inARow.length >= MOST_UNANSWERED) onOutcome(item, { kind: "unasked", error: inARow[0] });
      else {
        const outcome = await ask(deps, item, signal);
        const isAnswer = outcome.kind !== "unanswered" && outcome.kind !== "unasked";
        inARow = isAnswer ? [] : [...inARow, outcome.error];
        onOutcome(item, outcome);
      }
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, work));
}

async function ask<Item>(deps: ActDependencies<Item>, item: Item, signal: AbortSignal): Promise<Outcome> {
  for (let failures = 1; ; failures += 1) {
    try {
      await deps.call(item);
      return { kind: "done" };
    } catch (error) {
      if (!isTransient(error)) return { kind: "refused", error };
      const known = storedAs(error);
      if (known) return known;
      if (!wasTooMany(error)) return { kind: "unanswered", error };
      const isOver = failures >= TRIES || (await endsWaiting(deps.pause(failures, error, signal)));
      if (isOver) return { kind: "unasked", error };
    }
  }
}

/** True if somebody said stop meanwhile. */
function endsWaiting(pause: Promise<void>): Promise<boolean> {
  return pause.then(
    () => false,
    () => true,
  );
}

function wasTooMany(error: unknown): boolean {
  return error instanceof ApiError && error.status === 429;
}

/** The API has said what it has written, although the queue failed. */
function storedAs(error: unknown): Outcome | undefined {
  const status = error instanceof ApiError && error.status >= 500 ? error.problem.messageStatus : undefined;
  if (status === undefined) return undefined;
  return status === "PENDING" || status === "QUEUED" ? { kind: "stored" } : { kind: "refused", error };
}
