import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { decodeBody } from "./response-body.ts";

const LIMIT = 16_384;

describe("the decoding of a response", () => {
  const zeros = Buffer.alloc(50_000_000);
  it.each([
    ["gzip", gzipSync(zeros)],
    ["deflate", deflateSync(zeros)],
    ["br", brotliCompressSync(zeros)],
    ["zstd", zstdCompressSync(zeros)],
    ["gzip, gzip", gzipSync(gzipSync(zeros))],
  ])("yields no more than the limit of a bomb, by %s", async (encoding, bomb) => {
    const { bytes, cut } = await decodeBody(bomb.subarray(0, LIMIT), encoding, LIMIT);
    expect(cut).toBe("SIZE");
    expect(bytes).toEqual(Buffer.alloc(LIMIT));
  });

  it("leaves a body without encoding alone", async () => {
    for (const encoding of [undefined, "", "identity", " Identity , "]) {
      expect(await decodeBody(Buffer.from("plain"), encoding, LIMIT)).toEqual({
        bytes: Buffer.from("plain"),
      });
    }
  });

  it("yields the beginning of what was cut off on the way", async () => {
    const text = Array.from({ length: 999 }, (_, i) => `line ${i}`).join("\n");
    const bytes = gzipSync(text).subarray(0, 500);
    const decoded = await decodeBody(bytes, "gzip", LIMIT);
    expect(decoded.bytes.length).toBeGreaterThan(100);
    expect(text.startsWith(decoded.bytes.toString())).toBe(true);
  });
});
