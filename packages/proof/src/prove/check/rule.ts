/** What a rule of the transition relation says of a step. */
import type { HistoryReason, Message, Status } from "@homing/core/message/message";
import type { Settings } from "@homing/core/settings";
import type { Ledger, WriteFact } from "../simulate/ledger.ts";

export interface RuleContext {
  readonly ledger: Ledger;
  readonly settings: Settings;
  /** Tokens that earlier enqueues and claims used. */
  readonly usedTokens: ReadonlySet<string>;
}

export interface StepContext extends RuleContext {
  /** Who made the step. */
  readonly process: string;
  readonly write: WriteFact;
}

export interface Rule {
  readonly reason: HistoryReason;
  readonly from: readonly Status[];
  readonly to: Status;
  /** Attributes it may change besides status, history, revision, updatedAt and its token. */
  readonly changes: ReadonlyArray<keyof Message>;
  /** What is wrong with it, if anything. `at`: when it was decided. */
  readonly wrong?: (before: Message, after: Message, at: number, context: StepContext) => string | undefined;
}

/** What a slot of a limited endpoint leaves behind. */
export const SLOT: ReadonlyArray<keyof Message> = ["slotAt", "repaced", "paceRound"];
/** What every end writes or takes away … */
export const ENDS: ReadonlyArray<keyof Message> = [
  "finishedAt",
  "expiresAt",
  "dueAt",
  "notBefore",
  "leaseUntil",
  "sendFailingSince",
  ...SLOT,
];
/** … and what a failure does besides. */
export const FAILS: ReadonlyArray<keyof Message> = [...ENDS, "failureReason", "unknowns"];
