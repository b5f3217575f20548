/** One delivery's request, made from this machine as a worker would make it: its headers, one deadline, no redirects. */
import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import type { DeliveryAnswer, TakenDeliveries } from "@homing/client/source/types";

export type TakenRequest = TakenDeliveries["deliveries"][number]["request"];
export type Outcome = Omit<DeliveryAnswer, "messageId" | "claimId">;

/** As much of a response as a worker reads. */
const READ_BYTES = 16_384;

/** Never rejects: whatever happens is an outcome. */
export async function forward(url: URL, request: TakenRequest, timeoutMs: number): Promise<Outcome> {
  const startedAt = performance.now();
  const signal = AbortSignal.timeout(timeoutMs);
  const outcome = await exchange(url, request, signal).catch((error: unknown) =>
    signal.aborted ? timedOut(timeoutMs) : failure(error),
  );
  return { ...outcome, durationMs: Math.round(performance.now() - startedAt) };
}

type Unmeasured = Omit<Outcome, "durationMs">;

function exchange(
  url: URL,
  { method, headers, body }: TakenRequest,
  signal: AbortSignal,
): Promise<Unmeasured> {
  const bytes = body === undefined ? undefined : Buffer.from(body);
  return new Promise((resolve, reject) => {
    const request = (url.protocol === "https:" ? httpsRequest : httpRequest)(
      url,
      {
        method,
        // In this order and spelling: Node adds nothing to headers that are a list.
        headers: [
          ["host", url.host],
          ["connection", "close"],
          ...headers
            .filter(({ name }) => name.toLowerCase() !== "accept-encoding")
            .map(({ name, value }) => [name, value]),
          ["accept-encoding", "identity"],
          ...(bytes === undefined ? [] : [["content-length", String(bytes.byteLength)]]),
        ] as unknown as string[],
        agent: false,
        signal,
      },
      (response) => read(response, url).then(resolve, reject),
    );
    request.once("error", reject);
    request.end(bytes);
  });
}

async function read(response: IncomingMessage, { host }: URL): Promise<Unmeasured> {
  const { statusCode = 0 } = response;
  if (statusCode < 200 || statusCode > 599)
    return { errorCode: "INVALID_RESPONSE", errorDetail: `${host} answered with the status ${statusCode}` };
  const chunks: Buffer[] = [];
  let size = 0;
  // Leaving the loop closes the connection.
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.byteLength;
    if (size > READ_BYTES) break;
  }
  const isCut = size > READ_BYTES;
  const text = new TextDecoder().decode(Buffer.concat(chunks).subarray(0, READ_BYTES), { stream: isCut });
  return {
    responseStatus: statusCode,
    responseHeaders: Object.fromEntries(
      Object.entries(response.headers).map(([name, value]) => [name, [value].flat().join(", ")]),
    ),
    responseBody: text,
    ...(isCut ? { responseTruncated: true } : {}),
  };
}

function timedOut(timeoutMs: number): Unmeasured {
  return { errorCode: "TIMEOUT", errorDetail: `no whole answer within ${timeoutMs / 1_000} s` };
}

const CODES: Readonly<Record<string, NonNullable<Outcome["errorCode"]>>> = {
  ECONNREFUSED: "CONNECTION_REFUSED",
  ECONNRESET: "CONNECTION_RESET",
  EPIPE: "CONNECTION_RESET",
  ENOTFOUND: "DNS_FAILED",
  EAI_AGAIN: "DNS_FAILED",
};
const OF_TLS = /^(?:ERR_TLS|ERR_SSL|CERT_|UNABLE_TO_|DEPTH_ZERO|SELF_SIGNED|EPROTO)/;
const LONGEST_DETAIL = 256;

function failure(error: unknown): Unmeasured {
  const { code = "", message } = error as NodeJS.ErrnoException;
  const errorCode =
    CODES[code] ??
    (OF_TLS.test(code) ? "TLS_FAILED" : code.startsWith("HPE_") ? "INVALID_RESPONSE" : "NETWORK_ERROR");
  return { errorCode, errorDetail: (message || code).slice(0, LONGEST_DETAIL) };
}
