/** Parts of a schedule in words. */
import { formatDuration } from "@homing/core/duration";
import type { When } from "./simulate/post.ts";
import { letter } from "./simulate/schedule.ts";
import type { TargetAnswer } from "./simulate/target-answer.ts";

export function tellWhen({ ms, after }: When): string {
  if (after === undefined) return `at ${formatDuration(ms)}`;
  return `${formatDuration(ms)} after ${letter(after.message)} was ${after.reason}`;
}

export function tellAnswers(answers: readonly TargetAnswer[]): string {
  const told = answers.map(({ kind, status, afterMs }) =>
    kind === "answers" ? `${status} after ${afterMs} ms` : kind,
  );
  return [...told, "then 200"].join(", ");
}
