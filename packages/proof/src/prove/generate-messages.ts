/** The messages of a generated schedule, and what their targets answer. */

import { HOUR, MINUTE, SECOND } from "@homing/core/duration";
import fc from "fast-check";
import { moments, when } from "./generate-times.ts";
import type { Post } from "./simulate/post.ts";
import type { ScheduledMessage } from "./simulate/schedule.ts";
import type { TargetAnswer } from "./simulate/target-answer.ts";

export const REJECTS: TargetAnswer = { kind: "answers", status: 404, afterMs: 20 };

export const answer: fc.Arbitrary<TargetAnswer> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("answers" as const),
      status: fc.constantFrom(200, 503, 503, 429, 404, 301),
      afterMs: fc.constantFrom(1, 20, 3 * SECOND, 14 * SECOND, 16 * SECOND),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constantFrom("refusesConnection" as const, "resets" as const, "neverAnswers" as const),
      status: fc.constant(0),
      afterMs: fc.constantFrom(1, 3 * SECOND),
    }),
  },
);

const post: fc.Arbitrary<Post> = fc.record({
  when: fc.record({ ms: moments }),
  repeats: fc.nat({ max: 2 }),
  conflicting: fc.constant(false),
});

const laterPost: fc.Arbitrary<Post> = fc.record({
  when,
  repeats: fc.nat({ max: 1 }),
  conflicting: fc.oneof(
    { weight: 4, arbitrary: fc.constant(false) },
    { weight: 1, arbitrary: fc.constant(true) },
  ),
});

export const scheduledMessage: fc.Arbitrary<ScheduledMessage> = fc
  .record(
    {
      idempotent: fc.boolean(),
      deliverAfterMs: fc.constantFrom(SECOND, 50 * SECOND, 5 * MINUTE, 20 * MINUTE),
      deliverWithinMs: fc.oneof(
        { weight: 3, arbitrary: fc.constant(undefined) },
        { weight: 1, arbitrary: fc.constantFrom(SECOND, MINUTE, HOUR) },
      ),
      first: post,
      more: fc.array(laterPost, { maxLength: 2 }),
      answers: fc.array(answer, { maxLength: 6 }),
    },
    { requiredKeys: ["idempotent", "first", "more", "answers"] },
  )
  .map(({ first, more, deliverWithinMs, ...rest }) => ({
    ...rest,
    ...(deliverWithinMs === undefined ? {} : { deliverWithinMs }),
    posts: [first, ...(rest.idempotent ? more : [])],
  }));
