import type { IncomingHttpHeaders } from "node:http";
import type { Dispatcher } from "undici";

/** What came back over the wire, before anything is made of it. */
export type Exchange =
  | {
      readonly kind: "response";
      readonly status: number;
      readonly headers: IncomingHttpHeaders;
      /** As sent, still encoded; at most `readBytes`. */
      readonly bytes: Buffer;
      readonly cut?: "SIZE" | "TIMEOUT" | "ABORTED";
    }
  | { readonly kind: "timeout"; readonly requestSent: boolean }
  | { readonly kind: "failed"; readonly error: unknown };

export interface ExchangeLimits {
  readonly timeoutMs: number;
  readonly readBytes: number;
}

/** More interim responses (1xx) than this are a flood. */
const MAX_INTERIM_RESPONSES = 16;

/** Names the fault for the classification of errors. */
class InterimFloodError extends Error {
  override name = "InterimFloodError";
  readonly code = "INTERIM_FLOOD";
}

/**
 * One request and its response under one deadline, from the wait for a connection to the end of the body.
 * Never rejects. Once the status has arrived the result is a response, however its body ends. After the
 * deadline nothing leaves any more: a request that was still waiting for its connection is dropped.
 */
export function exchange(
  dispatcher: Dispatcher,
  request: Dispatcher.DispatchOptions,
  { timeoutMs, readBytes }: ExchangeLimits,
): Promise<Exchange> {
  return new Promise((resolve) => {
    let controller: Dispatcher.DispatchController | undefined;
    let head: { status: number; headers: IncomingHttpHeaders } | undefined;
    let settled = false;
    let interimResponses = 0;
    let size = 0;
    const chunks: Buffer[] = [];

    const settle = (outcome: Exchange) => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      resolve(outcome);
    };
    const respond = (received: NonNullable<typeof head>, cut?: "SIZE" | "TIMEOUT" | "ABORTED") =>
      settle({ kind: "response", ...received, bytes: Buffer.concat(chunks), ...(cut && { cut }) });

    const timer = setTimeout(() => {
      if (head) respond(head, "TIMEOUT");
      else settle({ kind: "timeout", requestSent: controller !== undefined });
      controller?.abort(new Error("The deadline has passed."));
    }, timeoutMs);

    dispatcher.dispatch(request, {
      onRequestStart(started) {
        if (settled) started.abort(new Error("The deadline has passed."));
        else controller = started;
      },
      onResponseStart(started, status, headers) {
        if (status >= 200) head = { status, headers };
        else if (++interimResponses > MAX_INTERIM_RESPONSES) started.abort(new InterimFloodError());
      },
      onResponseData(started, chunk) {
        const room = readBytes - size;
        // Copied: the chunk is a view on the connection's much larger buffer.
        chunks.push(Buffer.from(chunk.subarray(0, room)));
        size += Math.min(chunk.length, room);
        if (chunk.length <= room || !head) return;
        respond(head, "SIZE");
        started.abort(new Error("The response is longer than what is read."));
      },
      onResponseEnd() {
        if (head) respond(head);
      },
      onResponseError(_controller, error) {
        if (head) respond(head, "ABORTED");
        else settle({ kind: "failed", error });
      },
    });
  });
}
