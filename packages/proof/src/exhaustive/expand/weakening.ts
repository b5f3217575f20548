import type { Scenario } from "./scenario.ts";

/** One rule of the protocol taken out, and the smallest scenario in which that is noticed. */
export interface Weakening {
  readonly name: WeakeningName;
  readonly removes: string;
  readonly scenario: Scenario;
  /** Steps of the shortest story. */
  readonly steps: number;
}

export type WeakeningName =
  | "messagesBeforeEvent"
  | "expandedBeforeInserts"
  | "noDueAt"
  | "reconcilerMatchesAgain"
  | "repeatedCallMatchesAgain"
  | "eventOverwritten"
  | "unconditionalInsert"
  | "expandedWithoutRevision"
  | "replayWithoutDueAt"
  | "cachedWithoutHead"
  | "endpointsBeforeHead"
  | "headBeforeEndpoint";

const ALONE: Scenario = { actors: ["call 1", "reconciler 1"], faults: 0 };

export const WEAKENINGS: readonly Weakening[] = [
  {
    name: "messagesBeforeEvent",
    removes: "the event is stored before its messages",
    scenario: ALONE,
    steps: 4,
  },
  {
    name: "expandedBeforeInserts",
    removes: "an event counts as expanded only once all its messages exist",
    scenario: ALONE,
    steps: 4,
  },
  {
    name: "noDueAt",
    removes: "an event that is not expanded carries a dueAt",
    scenario: ALONE,
    steps: 3,
  },
  {
    name: "reconcilerMatchesAgain",
    removes: "the reconciler expands the list that was stored, and matches nothing itself",
    scenario: { actors: ["call 1", "reconciler 1", "administrator"], faults: 1 },
    steps: 7,
  },
  {
    name: "repeatedCallMatchesAgain",
    removes: "a repeated call expands the list that was stored, not the one it matched",
    scenario: { actors: ["call 1", "call 2", "reconciler 1", "administrator"], faults: 0 },
    steps: 11,
  },
  {
    name: "eventOverwritten",
    removes: "an event is inserted only where none is",
    scenario: { actors: ["call 1", "call 2", "reconciler 1", "administrator"], faults: 0 },
    steps: 11,
  },
  {
    name: "unconditionalInsert",
    removes: "a message is inserted only where none is",
    scenario: ALONE,
    steps: 6,
  },
  {
    name: "expandedWithoutRevision",
    removes: "EXPANDED requires the revision that was read, so that a replay is not lost",
    scenario: { actors: ["call 1", "reconciler 1", "replay"], faults: 1 },
    steps: 10,
  },
  {
    name: "replayWithoutDueAt",
    removes: "a replay gives the event its dueAt back",
    scenario: { actors: ["call 1", "reconciler 1", "replay"], faults: 0 },
    steps: 7,
  },
  {
    name: "cachedWithoutHead",
    removes: "a cached list is used only if the head says that it is the present one",
    scenario: { actors: ["call 1", "reconciler 1", "administrator"], faults: 0 },
    steps: 6,
  },
  {
    name: "endpointsBeforeHead",
    removes: "the head is read before the endpoints",
    scenario: { actors: ["call 1", "call 2", "reconciler 1", "administrator"], faults: 0 },
    steps: 10,
  },
  {
    name: "headBeforeEndpoint",
    removes: "the head is raised after the endpoint is written",
    scenario: { actors: ["call 1", "call 2", "reconciler 1", "administrator"], faults: 0 },
    steps: 9,
  },
];
