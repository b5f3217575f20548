import { expect, it } from "vitest";
import type { ListQuery, MessageItem, MessagePage } from "../api/types.ts";
import { countWaiting } from "./count-waiting.ts";

const NOW = Date.UTC(2026, 10, 22, 1);
const never = new AbortController().signal;
const inSeconds = (seconds: number) => new Date(NOW + seconds * 1_000).toISOString();
const item = (changes: Partial<MessageItem>): MessageItem => ({
  messageId: "m",
  status: "PENDING",
  senderId: "acme",
  targetUrl: "https://api.example.com/hook",
  correlationId: "c",
  createdAt: inSeconds(-60),
  updatedAt: inSeconds(-60),
  attemptCount: 0,
  maxAttempts: 10,
  sends: { count: 1, rollbacks: 0 },
  ...changes,
});
const count = (lists: { readonly [Status in "PENDING" | "QUEUED"]?: readonly MessageItem[] }) =>
  countWaiting(
    async ({ status }) => ({ items: [...(lists[status as "PENDING" | "QUEUED"] ?? [])] }),
    () => NOW,
    never,
  );

it("counts what waits for a retry and what is scheduled, in the table and in the queue alike", async () => {
  const retry = { attemptCount: 1, nextAttemptAt: inSeconds(5) };
  const counted = await count({
    PENDING: [
      item({ ...retry, pendingReason: "RETRY" }),
      item({ pendingReason: "SCHEDULED", nextAttemptAt: inSeconds(3_600) }),
      item({ pendingReason: "SEND_FAILED" }),
    ],
    QUEUED: [item({ ...retry, status: "QUEUED" }), item({ status: "QUEUED" })],
  });
  expect(counted).toEqual({
    retries: 2,
    inTrouble: 0,
    scheduled: 1,
    inQueue: 1,
    hosts: [],
    isCapped: false,
  });
});

it("tells trouble from an ordinary retry: more than one failure, or a wait of more than a minute", async () => {
  const other = { targetUrl: "https://hooks.example.org:8443/x" };
  const counted = await count({
    PENDING: [
      item({ attemptCount: 1, nextAttemptAt: inSeconds(300), ...other }),
      item({ attemptCount: 4, nextAttemptAt: inSeconds(7_200) }),
    ],
    QUEUED: [
      item({ status: "QUEUED", attemptCount: 2, nextAttemptAt: inSeconds(20) }),
      item({ status: "QUEUED", attemptCount: 1, nextAttemptAt: inSeconds(5) }),
    ],
  });
  expect(counted).toMatchObject({
    retries: 4,
    inTrouble: 3,
    hosts: [
      { host: "api.example.com", count: 2 },
      { host: "hooks.example.org:8443", count: 1 },
    ],
    nextAt: inSeconds(20),
  });
});

it("looks at five pages of each list at the most, and says that there are more", async () => {
  const queries: ListQuery[] = [];
  const waiting = item({ attemptCount: 3, nextAttemptAt: inSeconds(600) });
  const fetchPage = async (query: ListQuery): Promise<MessagePage> => {
    queries.push(query);
    return query.status === "PENDING"
      ? { items: Array(100).fill(waiting), nextCursor: `c${queries.length}` }
      : { items: [] };
  };
  expect(await countWaiting(fetchPage, () => NOW, never)).toMatchObject({ retries: 500, isCapped: true });
  expect(queries.filter(({ status }) => status === "PENDING")).toHaveLength(5);
  expect(queries.filter(({ status }) => status === "QUEUED")).toHaveLength(1);
  expect(queries.every(({ limit }) => limit === "100")).toBe(true);
});
