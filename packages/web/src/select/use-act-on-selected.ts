import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { cancelMessage, resolveMessage, retryMessage } from "../api/messages.ts";
import { FEED } from "../api/queries.ts";
import type { OperationResult } from "../api/types.ts";
import type { Row } from "../messages/feed.ts";
import type { BulkKind } from "../retry/bulk-words.tsx";
import { pause } from "../retry/pause.ts";
import { actOnEach, type Outcome } from "./act-on-each.ts";
import { isDoneAlready } from "./done-already.ts";

const CALLS: Record<BulkKind, (messageId: string) => Promise<OperationResult>> = {
  retry: retryMessage,
  resolve: resolveMessage,
  cancel: cancelMessage,
};

/** What became of each, in the order in which it was known. */
export type Outcomes = ReadonlyMap<Row, Outcome>;

type Phase =
  | { readonly name: "asking" }
  | { readonly name: "running"; readonly asked: number; readonly of: number; readonly stop: () => void }
  | { readonly name: "over"; readonly outcomes: Outcomes; readonly wasStopped: boolean };

/** Does it to some, and again to those of which it is not known; `onDone` is told of which it is. */
export function useActOnSelected(kind: BulkKind, onDone: (messageIds: readonly string[]) => void) {
  const client = useQueryClient();
  const [phase, setPhase] = useState<Phase>({ name: "asking" });
  const running = useRef<AbortController>(undefined);
  useEffect(() => () => running.current?.abort(), []);

  const run = async (rows: readonly Row[]) => {
    const before: Outcomes = phase.name === "over" ? phase.outcomes : new Map();
    const outcomes = new Map(before);
    const wasLost = (row: Row) => before.get(row)?.kind === "unanswered";
    const call = async (row: Row) => {
      try {
        await CALLS[kind](row.item.messageId);
      } catch (error) {
        if (!wasLost(row) || !isDoneAlready(kind, error)) throw error;
      }
    };
    const abort = new AbortController();
    running.current = abort;
    let asked = 0;
    const show = () => setPhase({ name: "running", asked, of: rows.length, stop: () => abort.abort() });
    show();
    await actOnEach({ call, pause }, rows, abort.signal, (row, outcome) => {
      // What was lost once stays so until there is an answer.
      if (outcome.kind !== "unasked" || !wasLost(row)) outcomes.set(row, outcome);
      asked += 1;
      show();
    });
    onDone(idsOf(outcomes, "done", "stored"));
    setPhase({ name: "over", outcomes, wasStopped: abort.signal.aborted });
    // The list keeps its rows, and the next look at its top says which of them have moved on.
    client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== FEED });
  };
  return { phase, run };
}

function idsOf(outcomes: Outcomes, ...kinds: readonly Outcome["kind"][]): readonly string[] {
  return [...outcomes].flatMap(([{ item }, { kind }]) => (kinds.includes(kind) ? [item.messageId] : []));
}
