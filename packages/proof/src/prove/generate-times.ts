/** When something happens in a generated schedule, and for how long. */

import { HOUR, MINUTE, SECOND } from "@homing/core/duration";
import type { HistoryReason } from "@homing/core/message/message";
import fc from "fast-check";
import type { Span } from "./simulate/incident.ts";
import type { When } from "./simulate/post.ts";

export const MAX_MESSAGES = 3;

/** A few milliseconds decide who comes first; the rest lie on either side of a lease, a deadline, a delay. */
export const moments = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: 0, max: 12 }) },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      SECOND,
      5 * SECOND,
      16 * SECOND,
      59 * SECOND,
      61 * SECOND,
      2 * MINUTE,
      181 * SECOND,
      5 * MINUTE,
      16 * MINUTE,
      HOUR,
    ),
  },
);

const reasons = fc.constantFrom<HistoryReason>(
  "ENQUEUED",
  "CLAIMED",
  "RETRY",
  "SEND_FAILED",
  "LEASE_EXPIRED",
  "ORPHANED",
  "ATTEMPTS_EXHAUSTED",
  "TARGET_REJECTED",
  "DELIVERED",
  "MANUAL_RETRY",
  "CANCELLED",
);

export const messageNumber = fc.oneof(
  { weight: 3, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: fc.nat({ max: MAX_MESSAGES - 1 }) },
);

export const when: fc.Arbitrary<When> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ ms: moments }) },
  {
    weight: 3,
    arbitrary: fc.record({
      ms: moments,
      after: fc.record({ message: messageNumber, reason: reasons }),
    }),
  },
);

/** Long spans outlast a lease, a visibility timeout or a queue deadline; some end with a transition. */
export const span: fc.Arbitrary<Span> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ ms: moments }) },
  { weight: 2, arbitrary: fc.record({ ms: fc.constant(HOUR), until: reasons }) },
);

export const shortSpan: fc.Arbitrary<Span> = fc.record({ ms: fc.constantFrom(1, 3, 20, SECOND, 5 * SECOND) });

/** Up to what a client of the table takes for one call, with all of its own repetitions. */
export const slowSpan: fc.Arbitrary<Span> = fc.record({
  ms: fc.constantFrom(500, 1_200, 3 * SECOND, 9 * SECOND),
});

/** A correction of NTP's, a second to hours. */
export const jump: fc.Arbitrary<Span> = fc.record({
  ms: fc.constantFrom(SECOND, 5 * SECOND, 20 * SECOND, MINUTE, 10 * MINUTE, HOUR, 5 * HOUR),
});
