import { Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { PIECE_BYTES, readInSmallPieces } from "./small-pieces.ts";

/** A socket that has received `bytes`. */
function received(bytes: Buffer): Socket {
  const socket = new Socket({ readable: true });
  socket._read = () => {};
  socket.push(bytes);
  return readInSmallPieces(socket);
}

describe("a socket read in small pieces", () => {
  it("yields everything, in order, at most 2 KiB at a time", () => {
    const bytes = Buffer.from(Array.from({ length: 65_536 }, (_, i) => i % 251));
    const socket = received(bytes);
    const pieces: Buffer[] = [];
    for (let piece = socket.read(); piece !== null; piece = socket.read()) pieces.push(piece);
    expect(Buffer.concat(pieces)).toEqual(bytes);
    for (const piece of pieces) expect(piece.length).toBeLessThanOrEqual(PIECE_BYTES);
  });

  it("yields as many bytes as are asked for by number", () => {
    const socket = received(Buffer.alloc(10_000));
    expect(socket.read(0)).toBeNull();
    expect(socket.read(5_000)).toHaveLength(5_000);
  });

  it("yields nothing once it is destroyed", () => {
    const socket = received(Buffer.alloc(10_000));
    expect(socket.read()).toHaveLength(PIECE_BYTES);
    socket.destroy();
    expect(socket.read()).toBeNull();
  });
});
