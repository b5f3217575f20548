import { describe, expect, it } from "vitest";
import type { MessageItem } from "../api/types.ts";
import { judge, type Rights } from "./judge.ts";
import { cannotText, labelOf } from "./selected-words.tsx";

const NOW = Date.UTC(2026, 10, 22, 1);
const later = new Date(NOW + 60_000).toISOString();
const row = (messageId: string, changes: Partial<MessageItem>, hasMovedOn = false) => ({
  item: {
    messageId,
    status: "FAILED" as const,
    senderId: "acme",
    correlationId: "c",
    createdAt: later,
    updatedAt: later,
    attemptCount: 1,
    maxAttempts: 10,
    sends: { count: 1, rollbacks: 0 },
    ...changes,
  },
  hasMovedOn,
});
const OPERATOR: Rights = { canSend: true, canManage: true, canOperate: true };
const SENDER: Rights = { canSend: true, canManage: false, canOperate: false };
const PORTAL: Rights = { canSend: false, canManage: true, canOperate: false };

const MIXED = [
  row("failed", {}),
  row("delivery", { endpointId: "ep_1" }),
  row("resolved", { resolvedAt: later }),
  row("blocking", { afterFailure: "block", orderingKey: "k" }),
  row("scheduled", { status: "PENDING", pendingReason: "SCHEDULED", nextAttemptAt: later }),
  row("held", { status: "PENDING", pendingReason: "ENDPOINT_FAILING", endpointId: "ep_1" }),
  row("behind", { status: "PENDING", pendingReason: "WAITING_FOR_PREVIOUS" }),
  row("queued", { status: "QUEUED" }),
  row("running", { status: "PROCESSING" }),
  row("delivered", { status: "COMPLETED" }),
  row("cancelled", { status: "CANCELLED" }),
  row("moved", {}, true),
];
const judged = (kind: "retry" | "resolve" | "cancel", rights = OPERATOR) => judge(kind, MIXED, rights, NOW);
const can = (...of: Parameters<typeof judged>) => judged(...of).can.map(({ item }) => item.messageId);

describe("of those that are selected", () => {
  it("are retried: what failed, what waits and what is held; the others are said, each with its reason", () => {
    expect(can("retry")).toEqual(["failed", "delivery", "resolved", "blocking", "scheduled", "held"]);
    expect(cannotText("retry", judged("retry"))).toBe(
      "6 of 12 cannot be retried: 1 is waiting behind another of the same ordering key, 1 is in the queue already, 1 is being delivered right now, 1 is delivered already, 1 is cancelled already, 1 is no longer as the list shows.",
    );
  });

  it("are resolved: what failed, nobody has dealt with and nobody waits for", () => {
    expect(can("resolve")).toEqual(["failed", "delivery"]);
    expect(cannotText("resolve", judged("resolve"))).toBe(
      "10 of 12 cannot be resolved: 1 is resolved already, 1 is holding up others, until retried or skipped, 7 are not failed, 1 is no longer as the list shows.",
    );
  });

  it("are cancelled: what is not delivered yet, wherever it waits", () => {
    expect(can("cancel")).toEqual(["scheduled", "held", "behind", "queued"]);
    expect(cannotText("cancel", judged("cancel"))).toMatch(
      /^8 of 12 cannot be cancelled: 4 are failed already/,
    );
  });

  it("only those are offered that the key may do it with", () => {
    expect(can("resolve", SENDER)).toEqual([]);
    expect(can("cancel", SENDER)).toHaveLength(4);
    expect(can("retry", PORTAL)).toEqual(["delivery", "held"]);
    expect(can("cancel", PORTAL)).toEqual([]);
    expect(can("resolve", PORTAL)).toEqual([]);
  });

  it("what waits is sent, and what failed is retried: the button says which", () => {
    const waiting = judged("retry").can.filter(({ item }) => item.status === "PENDING");
    expect(labelOf("retry", waiting, NOW)).toBe("Send 2 now");
    expect(labelOf("retry", judged("retry").can, NOW)).toBe("Retry 6");
  });
});
