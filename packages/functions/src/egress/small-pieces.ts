import type { Socket } from "node:net";

/** Small beside a socket's own 64 KiB, large beside what an ordinary receiver answers. */
export const PIECE_BYTES = 2_048;

/**
 * Makes whoever reads this socket get at most 2 KiB at a time, and nothing more once it is destroyed. undici
 * parses what it reads in one go, also past the error that ends the connection, and makes a new error with a
 * stack for each of the header or trailer lines that follow: 64 KiB of short ones take most of a second, in
 * which no other delivery moves.
 */
export function readInSmallPieces(socket: Socket): Socket {
  const read = socket.read.bind(socket);
  socket.read = (size?: number) => {
    if (socket.destroyed) return null;
    return size === undefined && socket.readableLength > PIECE_BYTES ? read(PIECE_BYTES) : read(size);
  };
  return socket;
}
