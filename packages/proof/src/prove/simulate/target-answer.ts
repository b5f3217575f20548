/** What the target does with one request. */
export interface TargetAnswer {
  readonly kind: "answers" | "refusesConnection" | "resets" | "neverAnswers";
  readonly status: number;
  readonly afterMs: number;
  readonly retryAfterSeconds?: number;
}

export const ANSWERS_OK: TargetAnswer = { kind: "answers", status: 200, afterMs: 5 };
