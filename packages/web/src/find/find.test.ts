import { describe, expect, it } from "vitest";
import { ApiError } from "../api/api-error.ts";
import type { ListQuery, MessageItem } from "../api/types.ts";
import { find, onlyMeaning } from "./find.ts";

const never = new AbortController().signal;
const TIME = "2026-11-22T01:00:00.000Z";
const item = (changes: Partial<MessageItem>): MessageItem => ({
  messageId: "msg_01KAMQ6H5T3VX9BBW1C2D3E4F5",
  status: "COMPLETED",
  senderId: "acme",
  targetUrl: "https://api.example.com/hook",
  correlationId: "8e1f2a3b-0000-4000-8000-000000000001",
  createdAt: TIME,
  updatedAt: TIME,
  attemptCount: 1,
  maxAttempts: 10,
  sends: { count: 1, rollbacks: 0 },
  ...changes,
});
const first = item({});
const second = item({
  messageId: "msg_01KAMQ7ZZZ3VX9BBW1C2D3E4F6",
  senderId: "globex",
  targetUrl: "https://hooks.example.org/in",
  correlationId: "checkout-7f3a",
  idempotencyKey: "order-42",
});

/** An API with these messages, the latest first. */
function api(items: readonly MessageItem[], senderId = "*") {
  const asked: ListQuery[] = [];
  const deps = {
    senderId,
    fetchPage: async (query: ListQuery) => {
      asked.push(query);
      const { senderId: sender, idempotencyKey, target } = query;
      if (idempotencyKey && !sender) throw new ApiError(400, {});
      return {
        items: items.filter(
          (one) =>
            (!sender || one.senderId === sender) &&
            (!idempotencyKey || one.idempotencyKey === idempotencyKey) &&
            (!target || one.targetUrl?.includes(target)),
        ),
      };
    },
    fetchItem: async (messageId: string) => {
      const found = items.find((one) => one.messageId === messageId);
      if (!found) throw new ApiError(404, {});
      return found;
    },
  };
  const search = (text: string) => find(deps, text, never);
  const outline = async (text: string) => {
    const { messages, senders, targets } = await search(text);
    return [
      ...messages.map(({ by }) => by),
      ...senders.map((s) => `sender ${s}`),
      ...targets.map((t) => `target ${t}`),
    ];
  };
  return { asked, search, outline };
}

describe("a text is looked for in every way it may be meant", () => {
  const { outline, search } = api([second, first]);

  it.each([
    ["order-42", ["idempotency key"]],
    ["checkout-7f3a", ["correlation id"]],
    ["7f3a", ["part of the correlation id"]],
    ["msg_01kamq7", ["part of the message id"]],
    ["d3e4f5", ["part of the message id"]],
    ["01kamq6h5t3vx9bbw1c2d3e4f5", ["message id"]],
    ["globex", ["sender globex"]],
    ["example.org", ["target hooks.example.org"]],
    ["example", ["target hooks.example.org", "target api.example.com"]],
    ["nothing-like-it", []],
  ])("%s", async (text, expected) => {
    expect(await outline(text)).toEqual(expected);
  });

  it("leads on at once where it means one thing, and means it exactly", async () => {
    const meaning = async (text: string) => onlyMeaning(await search(text), text);
    expect(await meaning("order-42")).toMatchObject({ item: { messageId: second.messageId } });
    expect(await meaning("globex")).toEqual({ sender: "globex" });
    expect(await meaning("Hooks.example.org")).toEqual({ target: "hooks.example.org" });
    expect(await meaning("example.org")).toBeUndefined();
    expect(await meaning("7f3a")).toBeUndefined();
  });

  it("a key of one sender asks for its own idempotency keys only", async () => {
    const own = api([second], "globex");
    expect(await own.outline("order-42")).toEqual(["idempotency key"]);
    expect(own.asked.flatMap(({ idempotencyKey, senderId }) => (idempotencyKey ? [senderId] : []))).toEqual([
      "globex",
    ]);
  });

  it("that the API cannot answer now is no proof that there is nothing", async () => {
    const failing = {
      senderId: "*",
      fetchPage: async () => {
        throw new ApiError(503, {});
      },
      fetchItem: async () => first,
    };
    await expect(find(failing, "order-42", never)).rejects.toBeInstanceOf(ApiError);
  });
});
