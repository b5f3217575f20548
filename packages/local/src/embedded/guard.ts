import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from "node:http";

/**
 * Stands before the embedded servers, which check no signatures. They listen on loopback, where every web page
 * in the user's browser and every other user of the machine can reach them too: a page is known by its Origin
 * or (after DNS rebinding) by its foreign Host, anybody else by not knowing this start's access key.
 */

/** An access key that nobody can guess, in the alphabet of AWS's own. */
export function randomAccessKeyId(): string {
  return `HOMING${randomBytes(20).toString("hex").toUpperCase()}`;
}

/** Why a request must not reach the server, in words that may be answered; undefined lets it through. */
export function refusal(headers: IncomingHttpHeaders, port: number, accessKeyId: string): string | undefined {
  if (headers.host !== `127.0.0.1:${port}` && headers.host !== `localhost:${port}`) return "foreign host";
  if (headers.origin !== undefined) return "not for browsers";
  const signedWith = /^AWS4-HMAC-SHA256 Credential=([^/,\s]+)\//.exec(headers.authorization ?? "")?.[1];
  if (signedWith === undefined || !equalInConstantTime(signedWith, accessKeyId))
    return "not signed for this server";
  return undefined;
}

function equalInConstantTime(a: string, b: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

/** Puts the guard before every request listener that `server` has: what is refused never reaches them. */
export function guardRequests(server: Server, accessKeyId: string): void {
  const behind = server.listeners("request") as ((
    request: IncomingMessage,
    response: ServerResponse,
  ) => void)[];
  server.removeAllListeners("request");
  server.on("request", (request, response) => {
    const reason = refusal(request.headers, request.socket.localPort ?? 0, accessKeyId);
    if (reason === undefined) {
      for (const listener of behind) listener.call(server, request, response);
      return;
    }
    // The body is not read, so the connection cannot be used again.
    response
      .writeHead(403, { "content-type": "text/plain", connection: "close" })
      .end(`Refused: ${reason}.\n`);
  });
}
