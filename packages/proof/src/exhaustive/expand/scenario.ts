/** Who takes part, and how often something may fail. */
export interface Scenario {
  readonly actors: readonly ActorName[];
  /** Of all together: a process dies, a write takes effect although its caller was told otherwise. */
  readonly faults: number;
}

export type ActorName = (typeof ACTOR_NAMES)[number];

/** Both calls have the same key and run in one process, with one cache of endpoints. */
export const ACTOR_NAMES = [
  "call 1",
  "call 2",
  "reconciler 1",
  "reconciler 2",
  "administrator",
  "replay",
] as const;

export interface Part {
  readonly scenario: Scenario;
  /** How many there are in all. */
  readonly states: number;
}

export const PARTS: readonly Part[] = [
  { scenario: { actors: ["call 1", "call 2", "reconciler 1"], faults: 3 }, states: 16_352 },
  { scenario: { actors: ["call 1", "reconciler 1", "replay"], faults: 3 }, states: 33_645 },
  { scenario: { actors: ["call 1", "reconciler 1", "administrator"], faults: 2 }, states: 41_808 },
  { scenario: { actors: ["call 1", "call 2", "reconciler 1", "replay"], faults: 1 }, states: 65_437 },
  { scenario: { actors: ["call 1", "call 2", "administrator"], faults: 1 }, states: 74_890 },
  { scenario: { actors: ["call 1", "reconciler 1", "reconciler 2", "replay"], faults: 2 }, states: 81_133 },
  {
    scenario: { actors: ["call 1", "call 2", "reconciler 1", "administrator"], faults: 1 },
    states: 825_216,
  },
];
