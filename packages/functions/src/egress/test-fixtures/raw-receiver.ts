import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type TlsOptions } from "node:tls";

/** What a receiver read from the wire, byte for byte. */
export interface RawRequest {
  /** Request line and headers, without the empty line. */
  readonly head: string;
  readonly body: Buffer;
}

/** A server on a raw socket, which may answer anything at all. */
export interface RawReceiver {
  readonly port: number;
  readonly url: string;
  readonly requests: RawRequest[];
  readonly connections: () => number;
  close(): Promise<void>;
}

/** Called with each complete request, in order. */
export type Answer = (socket: Socket, request: RawRequest, index: number) => void;

/** Starts a receiver on 127.0.0.1. With `onConnection`, requests are not read at all. */
export async function startRawReceiver(
  answer: Answer,
  options: { readonly tls?: TlsOptions; readonly onConnection?: (socket: Socket) => void } = {},
): Promise<RawReceiver> {
  const requests: RawRequest[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;

  const accept = (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
    if (options.onConnection) return options.onConnection(socket);
    let buffered = Buffer.alloc(0);
    socket.on("data", (chunk) => {
      buffered = Buffer.concat([buffered, chunk]);
      for (let next = readRequest(buffered); next; next = readRequest(buffered)) {
        buffered = buffered.subarray(next.length);
        requests.push(next.request);
        answer(socket, next.request, requests.length - 1);
      }
    });
  };
  const server: Server = options.tls ? createTlsServer(options.tls, accept) : createServer(accept);
  server.on("tlsClientError", () => {});
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `${options.tls ? "https" : "http"}://localhost:${port}/hook`,
    requests,
    connections: () => connections,
    async close() {
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

function readRequest(buffered: Buffer): { request: RawRequest; length: number } | undefined {
  const headEnd = buffered.indexOf("\r\n\r\n");
  if (headEnd < 0) return undefined;
  const head = buffered.subarray(0, headEnd).toString("latin1");
  const contentLength = Number(/^content-length: (\d+)$/im.exec(head)?.[1] ?? 0);
  const length = headEnd + 4 + contentLength;
  if (buffered.length < length) return undefined;
  return { request: { head, body: buffered.subarray(headEnd + 4, length) }, length };
}
