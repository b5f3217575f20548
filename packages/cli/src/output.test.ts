/** Nothing that a producer or a target wrote can pass for the command line's own words. */

import type { MessageView } from "@homing/client/source/types";
import { describe, expect, it } from "vitest";
import { messageCells, messageLines } from "./format.ts";
import { type Line, outputOf } from "./output.ts";
import type { OutputFormat } from "./output-format.ts";
import { visible, visibleJson } from "./visible-text.ts";

/** Clears the screen, begins a line, turns the text around, rings. */
const HOSTILE = "a\u001b[2J\u009b1mb\r\nc\u2028d\u202Eevil\u202C\u0007\t\u200b";
const NAMED = "a⟨U+001B⟩[2J⟨U+009B⟩1mb⟨U+000D⟩⟨U+000A⟩c⟨U+2028⟩d⟨U+202E⟩evil⟨U+202C⟩⟨U+0007⟩⟨U+0009⟩⟨U+200B⟩";

const hostileMessage: MessageView = {
  messageId: "msg_1",
  status: "FAILED",
  failureReason: "TARGET_REJECTED",
  senderId: "acme",
  targetUrl: "https://example.com/hook?token=1",
  method: "POST",
  idempotencyKey: HOSTILE,
  correlationId: HOSTILE,
  createdAt: "2026-11-22T12:00:00.000Z",
  updatedAt: "2026-11-22T12:00:00.000Z",
  attemptCount: 1,
  maxAttempts: 10,
  sends: { count: 2, rollbacks: 1, lastErrorCode: "QUEUE_UNAVAILABLE" },
  metadata: { [HOSTILE]: HOSTILE },
  headers: { "x-a": HOSTILE },
  body: { [HOSTILE]: HOSTILE },
  history: [
    { at: "2026-11-22T12:00:00.000Z", from: null, to: "PENDING", reason: "ACCEPTED", correlationId: "c" },
  ],
  attempts: [
    {
      number: 1,
      outcome: "FAILED",
      responseStatus: 410,
      responseHeaders: { server: HOSTILE },
      responseBody: HOSTILE,
      decision: { rule: "STATUS_4XX", action: "FAIL", explanation: HOSTILE },
    },
  ],
};

function shown<T>(answer: T, linesOf: (answer: T) => readonly Line[], json = false, isInteractive = false) {
  const lines: string[] = [];
  const collect = (line: string) => void lines.push(line);
  outputOf({ out: collect, err: collect, isInteractive }, json ? "ndjson" : "table").show(answer, linesOf);
  return lines;
}

describe("text", () => {
  it("has each control, line break and invisible or turning character named", () => {
    expect(visible(HOSTILE)).toBe(NAMED);
    expect(visible("\u{E0041}\u00ad\ufeff\u061c\u2066")).toBe("⟨U+E0041⟩⟨U+00AD⟩⟨U+FEFF⟩⟨U+061C⟩⟨U+2066⟩");
  });

  it("is left alone where it only is of another script, or joins emoji", () => {
    const text = "שלום مرحبا 你好 👨‍👩‍👧 ❤️ नमस्ते می‌خواهم";
    expect(visible(text)).toBe(text);
  });
});

describe("a message", () => {
  it("is shown in full, and every line of it is one that the command line began", () => {
    const lines = shown(hostileMessage, (one) => messageLines(one, JSON.stringify(one.body)));
    for (const line of lines) expect(line).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u);
    expect(lines).toContain(`  ${NAMED}: ${NAMED}`);
    expect(lines).toContain(`  x-a: ${NAMED}`);
    expect(lines).toContain(`  server: ${NAMED}`);
    const text = lines.join("\n");
    for (const part of ["https://example.com/hook?token=1", "2, 1 rolled back, QUEUE_UNAVAILABLE", "410"])
      expect(text).toContain(part);
  });

  it("carries no colour but ours, and only where people look", () => {
    const line = (isInteractive: boolean) =>
      shown(hostileMessage, (one) => [messageCells(one)], false, isInteractive).join("");
    expect(line(false)).not.toContain("\u001b");
    expect(line(true).split("\u001b")).toHaveLength(3);
  });

  it("as JSON means the same, and is plain on a terminal too", () => {
    const [line = ""] = shown(hostileMessage, (one) => messageLines(one, JSON.stringify(one.body)), true);
    expect(line).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u);
    expect(JSON.parse(line)).toEqual(hostileMessage);
    expect(JSON.parse(visibleJson("\u{E0041}\u007f"))).toBe("\u{E0041}\u007f");
  });
});

it("a hint is made visible, too", () => {
  const lines: string[] = [];
  outputOf({ out: () => undefined, err: (line) => lines.push(line), isInteractive: true }, "table").note(
    HOSTILE,
  );
  expect(lines).toEqual([NAMED]);
});

describe("many answers", () => {
  const cells = ({ name, note }: { name: string; note: string }) => [name, "", note];
  const items = [
    { name: "a", note: "" },
    { name: "much longer", note: "noted" },
  ];
  const written = async (
    format: OutputFormat,
    from: AsyncIterable<(typeof items)[number]> | typeof items,
  ) => {
    const lines: string[] = [];
    const output = outputOf(
      { out: (line) => lines.push(line), err: () => undefined, isInteractive: false },
      format,
    );
    const count = await output.showAll(from, cells, 2).catch((error: Error) => error.message);
    return { lines, count };
  };
  async function* broken() {
    yield* items.slice(0, 1);
    throw new Error("the second page did not come");
  }

  it("stand in columns, without those that are empty", async () => {
    expect((await written("table", items)).lines).toEqual(["a", "much longer  noted"]);
    expect((await written("table", [...items].reverse())).lines).toEqual(["much longer  noted", "a"]);
  });

  it("are one document, even if there is none", async () => {
    const { lines, count } = await written("json", items);
    expect([JSON.parse(lines.join("\n")), count]).toEqual([items, 2]);
    expect((await written("json", [])).lines).toEqual(["[]"]);
  });

  it("are a document a line", async () => {
    const { lines } = await written("ndjson", items);
    expect(lines.map((line) => JSON.parse(line))).toEqual(items);
  });

  it("end at the limit, and nothing more is asked for", async () => {
    let asked = 0;
    async function* endless() {
      for (;;) {
        asked += 1;
        yield { name: "a", note: "" };
      }
    }
    expect((await written("ndjson", endless())).lines).toHaveLength(2);
    expect(asked).toBe(2);
  });

  it("that break off are shown as far as they came, but never as half a document", async () => {
    expect(await written("table", broken())).toEqual({ lines: ["a"], count: "the second page did not come" });
    expect((await written("ndjson", broken())).lines).toHaveLength(1);
    expect((await written("json", broken())).lines).toEqual([]);
  });
});
