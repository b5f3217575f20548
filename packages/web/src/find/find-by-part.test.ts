import { describe, expect, it } from "vitest";
import type { ListQuery, MessageItem, MessagePage } from "../api/types.ts";
import { findByPart } from "./find-by-part.ts";

const never = new AbortController().signal;
const item = (messageId: string) => ({ messageId }) as MessageItem;
const SINCE = "2026-11-22T01:00:00.000Z";

/** An API that answers so to each part that is asked for. */
function api(answers: Readonly<Record<string, MessagePage>>) {
  const asked: (string | undefined)[] = [];
  const fetchPage = async ({ idPart }: ListQuery): Promise<MessagePage> => {
    asked.push(idPart);
    return answers[idPart ?? ""] ?? { items: [] };
  };
  return { asked, search: (text: string) => findByPart("msg", fetchPage, text, never) };
}

describe("part of an id", () => {
  it("is looked for at the beginning of ids and anywhere in them", async () => {
    const { asked, search } = api({ msg_01KA: { items: [item("a")] }, "01KA": { items: [item("b")] } });
    expect(await search("01KA")).toEqual({ items: [item("a"), item("b")], searched: "all" });
    expect(asked).toEqual(["msg_01KA", "01KA"]);
  });

  it("with its prefix can only be the beginning", async () => {
    const { asked, search } = api({});
    await search("MSG_01ka");
    expect(asked).toEqual(["msg_01ka"]);
  });

  it("says how far it was looked for, and where to go on", async () => {
    const { search } = api({
      msg_01KA: { items: [], nextCursor: "x" },
      "01KA": { items: [], nextCursor: "y", searchedSince: SINCE },
    });
    const further = { idPart: "01KA", cursor: "y" };
    expect(await search("01KA")).toEqual({ items: [], searched: { since: SINCE }, further });
    expect(await search("msg_01KA")).toEqual({
      items: [],
      searched: {},
      further: { idPart: "msg_01KA", cursor: "x" },
    });
  });

  it.each([
    "",
    "01K",
    "msg_01K",
    "evt_01KA",
    "ep_01KA",
    "01KU",
    "%%%%",
    "msg_",
    "01KA MQ6H",
    "01KAMQ6H5T3VX9BBW1C2D3E4F5",
  ])("is not what %s may be", async (text) => {
    const { asked, search } = api({});
    expect([await search(text), asked]).toEqual([undefined, []]);
  });
});
