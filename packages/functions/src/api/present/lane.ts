/** Lanes as the API shows them. */
import type { LaneView as LookedAt } from "@homing/core/lane/look";
import type { LaneView } from "../answers/lane.ts";
import { compact, nextAttemptAt, time } from "./fields.ts";

export function presentLane({ head, since, ...lane }: LookedAt): LaneView {
  return compact({
    ...lane,
    head:
      head &&
      compact({
        messageId: head.messageId,
        status: head.status,
        attemptCount: head.attempt,
        nextAttemptAt: nextAttemptAt(head),
      }),
    since: time(since),
  }) as LaneView;
}
