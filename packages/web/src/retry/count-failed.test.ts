import { expect, it } from "vitest";
import type { ListQuery, MessageItem, MessagePage } from "../api/types.ts";
import { countFailed } from "./count-failed.ts";

const never = new AbortController().signal;
const items = (count: number) => Array.from({ length: count }, () => ({}) as MessageItem);

it("counts every page of the failed messages that match", async () => {
  const queries: ListQuery[] = [];
  const pages: MessagePage[] = [
    { items: items(100), nextCursor: "c1" },
    { items: items(0), nextCursor: "c2" },
    { items: items(7) },
  ];
  const seen: number[] = [];
  const fetchPage = async (query: ListQuery) => {
    queries.push(query);
    return pages.shift() ?? { items: [] };
  };
  const counted = await countFailed(fetchPage, { senderId: "acme" }, never, (count) => seen.push(count));
  expect(counted).toEqual({ count: 107, isCapped: false });
  expect(seen).toEqual([100, 100, 107]);
  expect(queries).toEqual([
    { senderId: "acme", status: "FAILED", limit: "100" },
    { senderId: "acme", status: "FAILED", limit: "100", cursor: "c1" },
    { senderId: "acme", status: "FAILED", limit: "100", cursor: "c2" },
  ]);
});

it("stops at 2,000 and says that there are more", async () => {
  const endless = async (): Promise<MessagePage> => ({ items: items(100), nextCursor: "more" });
  expect(await countFailed(endless, {}, never, () => undefined)).toEqual({ count: 2_000, isCapped: true });
});
