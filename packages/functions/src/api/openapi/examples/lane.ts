/** Lanes, in the examples of the document. */
import { messageId } from "./ids.ts";

const lane = {
  senderId: "acme",
  orderingKey: "order-4711",
  state: "BLOCKED",
  head: { messageId, status: "FAILED", attemptCount: 10 },
  since: "2026-11-25T06:41:12.000Z",
  waiting: 1532,
  capped: false,
};

export const LANE_EXAMPLES = {
  lane,
  laneList: { items: [lane] },
};
