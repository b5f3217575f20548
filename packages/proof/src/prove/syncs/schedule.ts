import fc from "fast-check";

/** What somebody, or the disk, does next. Calls are counted from the latest backwards. */
export type Step =
  /** A write that is answered when it is safe. */
  | { readonly do: "write" }
  /** A call of several writes, which are answered at once: it begins, writes once more, and waits for all of it. */
  | { readonly do: "begin" }
  | { readonly do: "add"; readonly call: number }
  | { readonly do: "settle"; readonly call: number }
  | { readonly do: "read" }
  | { readonly do: "probe" }
  /** A write that cannot be carried out: all of its group is undone. */
  | { readonly do: "conflict" }
  /** The event loop goes on. */
  | { readonly do: "turn" }
  /** The oldest sync that is under way ends. */
  | { readonly do: "sync"; readonly fails: boolean }
  /** Somebody begins to read the file, or ends; the log can be written no more, or again. */
  | { readonly do: "reader" | "refuseWriting" }
  /** The process dies, and another begins with what it left. The system, and what it takes for written, live on. */
  | { readonly do: "restart" }
  /** What there would be if the power went now. Of what was not synced, these bytes of the log have reached the disk. */
  | { readonly do: "cut"; readonly from: number; readonly to: number };

export interface SyncSchedule {
  /** Whether SQLite moves the log into the file every few writes. */
  readonly checkpoints: boolean;
  readonly steps: readonly Step[];
  /** Whether it ends in the middle of everything, or once all is done. */
  readonly closesAtOnce: boolean;
}

const just = <Name extends Step["do"]>(name: Name) => fc.constant({ do: name } as Step);
const call = fc.nat({ max: 2 });
const share = fc.constantFrom(0, 0.25, 0.5, 0.75, 1);

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: just("write") },
  { weight: 2, arbitrary: just("begin") },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("add" as const), call }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("settle" as const), call }) },
  { weight: 3, arbitrary: just("read") },
  { weight: 1, arbitrary: just("probe") },
  { weight: 1, arbitrary: just("conflict") },
  { weight: 8, arbitrary: just("turn") },
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constant("sync" as const), fails: fc.constantFrom(false, false, true) }),
  },
  { weight: 1, arbitrary: just("reader") },
  { weight: 1, arbitrary: just("refuseWriting") },
  { weight: 1, arbitrary: just("restart") },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("cut" as const), from: share, to: share }) },
);

export const syncSchedules: fc.Arbitrary<SyncSchedule> = fc.record({
  checkpoints: fc.boolean(),
  steps: fc.array(step, { minLength: 5, maxLength: 60, size: "max" }),
  closesAtOnce: fc.boolean(),
});
