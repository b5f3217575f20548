import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AnswerFilter } from "./answer-filter.ts";

/** What passes of an answer that comes in these pieces, and the status that was noted. */
function pass(pieces: readonly string[]): { passed: string; status: number | undefined } {
  const filter = new AnswerFilter();
  filter.expectAnswer();
  const passed = pieces.map((piece) => filter.pass(Buffer.from(piece, "latin1")).toString("latin1")).join("");
  return { passed, status: filter.status };
}
const bytewise = (text: string) => [...text];

const FINAL = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

describe("interim responses (RFC 9110 §15.2)", () => {
  it.each([
    ["100", "HTTP/1.1 100 Continue\r\n\r\n"],
    ["100 without a reason", "HTTP/1.1 100\r\n\r\n"],
    ["102", "HTTP/1.1 102 Processing\r\n\r\n"],
    ["103 with headers", "HTTP/1.1 103 Early Hints\r\nlink: </a.css>; rel=preload\r\nlink: </b.js>\r\n\r\n"],
    ["199, which nobody knows", "HTTP/1.1 199 What\r\n\r\n"],
    ["several", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 P\r\n\r\nHTTP/1.1 103 E\r\na: b\r\n\r\n"],
    ["one that holds a status in its headers", "HTTP/1.1 103 E\r\nx: HTTP/1.1 500 No\r\n\r\n"],
    ["one with bare line feeds", "HTTP/1.1 100 Continue\n\n"],
    ["one of HTTP/1.0", "HTTP/1.0 100 Continue\r\n\r\n"],
  ])("%s: passed over, whole or byte by byte", (_name, interim) => {
    for (const pieces of [[interim + FINAL], bytewise(interim + FINAL), [interim, FINAL]]) {
      expect(pass(pieces)).toEqual({ passed: FINAL, status: 200 });
    }
  });

  it("are passed over wherever the pieces end", () => {
    const answer = `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 E\r\nx: y\r\n\r\n${FINAL}`;
    fc.assert(
      fc.property(fc.array(fc.nat(answer.length), { maxLength: 8 }), (cuts) => {
        const ends = [0, ...cuts.sort((a, b) => a - b), answer.length];
        const pieces = ends.slice(1).map((end, i) => answer.slice(ends[i], end));
        expect(pass(pieces)).toEqual({ passed: FINAL, status: 200 });
      }),
    );
  });

  it("are never 101: that would end HTTP on this connection", () => {
    const upgrade = "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\n\r\n";
    expect(pass([upgrade])).toEqual({ passed: upgrade, status: undefined });
  });

  it("are at most 16, and 64 KiB in all", () => {
    const interim = "HTTP/1.1 103 E\r\n\r\n";
    expect(pass([interim.repeat(16) + FINAL]).status).toBe(200);
    expect(() => pass([interim.repeat(17) + FINAL])).toThrow(
      expect.objectContaining({ code: "INTERIM_FLOOD" }),
    );
    const endless = ["HTTP/1.1 103 E\r\n", ...Array(33).fill("x: y\r\n".repeat(341))];
    expect(() => pass(endless)).toThrow(expect.objectContaining({ code: "INTERIM_FLOOD" }));
  });

  it("are not looked for in a body, nor behind an answer", () => {
    const split = `${FINAL}HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 404 No\r\n\r\n`;
    expect(pass([split])).toEqual({ passed: split, status: 200 });
    expect(pass(bytewise(split))).toEqual({ passed: split, status: 200 });
    const unasked = new AnswerFilter();
    expect(unasked.pass(Buffer.from("HTTP/1.1 100 Continue\r\n\r\n")).length).toBe(25);
  });
});

describe("the status line", () => {
  it.each([
    ["HTTP/1.1 200 OK\r\n", 200],
    ["HTTP/1.1 204\r\n", 204],
    ["HTTP/1.1 204 \r\n", 204],
    ["HTTP/1.0 503 Service Unavailable\r\n", 503],
    ["HTTP/1.1 999 Grüße\r\n", 999],
    ["HTTP/1.1 200 OK\r\nno header at all\r\n", 200],
    ["HTTP/1.1 200 OK\r\nx: \u0000\r\n", 200],
    // Not all of it has arrived.
    ["HTTP/1.1 200", undefined],
    ["HTTP/1.1 200 OK", undefined],
    ["HTTP/1.1 200 OK\r", undefined],
    // None.
    ["HTTP/1.1 2000 OK\r\n", undefined],
    ["HTTP/1.1 abc OK\r\n", undefined],
    ["HTTP/1.1 200OK\r\n", undefined],
    ["HTTP/1.1  200 OK\r\n", undefined],
    ["HTTP/1.1 200 O\u0000K\r\n", undefined],
    ["HTTP/2.0 200 OK\r\n", undefined],
    ["ICY 200 OK and more\r\n", undefined],
    ["220 smtp.example ESMTP\r\n", undefined],
    ["\r\n\r\nHTTP/1.1 200 OK\r\n", undefined],
    [`HTTP/1.1 200 ${"a".repeat(8_192)}\r\n`, undefined],
  ])("%j is noted as %s, and everything passes", (text, status) => {
    for (const pieces of [[text], bytewise(text)]) {
      const result = pass(pieces);
      expect(result.status).toBe(status);
      // An answer that ends in the middle of its status may keep the beginning to itself.
      if (text !== "HTTP/1.1 200") expect(result.passed).toBe(text);
    }
  });

  it("is the present request's only", () => {
    const filter = new AnswerFilter();
    filter.expectAnswer();
    filter.pass(Buffer.from(FINAL));
    expect(filter.status).toBe(200);
    filter.expectAnswer();
    expect(filter.status).toBeUndefined();
    filter.pass(Buffer.from("HTTP/1.1 503 No\r\n\r\n"));
    expect(filter.status).toBe(503);
  });
});
