import type { IncomingHttpHeaders } from "node:http";
import { type Clock, elapsedMs, momentOf, systemClock } from "@homing/core/clock";
import type { Dispatcher } from "undici";
import type { Connection } from "./connection.ts";

/** What came back over the wire, before anything is made of it. */
export type Exchange =
  | {
      readonly kind: "response";
      readonly status: number;
      /** Empty if the status line is all that could be read. */
      readonly headers: IncomingHttpHeaders;
      /** As sent, still encoded; at most `readBytes`. */
      readonly bytes: Buffer;
      readonly cut?: Cut;
    }
  | { readonly kind: "timeout" }
  | { readonly kind: "failed"; readonly error: unknown };

type Cut = "SIZE" | "TIMEOUT" | "ABORTED";

export interface ExchangeLimits {
  readonly timeoutMs: number;
  readonly readBytes: number;
}

/** What an exchange needs of its connection. */
export type ExchangeConnection = Pick<
  Connection,
  "dispatch" | "expectAnswer" | "answeredStatus" | "isReusable"
>;

/** Names the fault for the classification of errors. */
class UnaskedUpgradeError extends Error {
  override name = "UnaskedUpgradeError";
  readonly code = "UNASKED_UPGRADE";
}

/**
 * One request and its response under one deadline, from the opening of the connection to the end of the body.
 * Never rejects. Once the status line has arrived the result is a response, however the rest ends. After the
 * deadline nothing leaves any more: a request whose connection is still being opened is dropped, also by a process
 * that was frozen meanwhile, whose timer thinks that there is time left.
 */
export function exchange(
  connection: ExchangeConnection,
  request: Dispatcher.DispatchOptions,
  { timeoutMs, readBytes }: ExchangeLimits,
  clock: Clock = systemClock,
): Promise<Exchange> {
  return new Promise((resolve) => {
    let controller: Dispatcher.DispatchController | undefined;
    let headers: IncomingHttpHeaders | undefined;
    let status: number | undefined;
    let settled = false;
    const since = momentOf(clock);
    let size = 0;
    const chunks: Buffer[] = [];

    const settle = (outcome: Exchange) => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      resolve(outcome);
    };
    const respond = (answered: number, cut?: Cut) =>
      settle({
        kind: "response",
        status: answered,
        headers: headers ?? {},
        bytes: Buffer.concat(chunks),
        ...(cut && { cut }),
      });
    /** A target whose status line arrived has answered, whatever became of the rest. */
    const end = (cut: Cut, otherwise: Exchange) => {
      const answered = status ?? (controller && connection.answeredStatus);
      if (answered === undefined) settle(otherwise);
      else respond(answered, cut);
    };

    const timer = setTimeout(() => {
      end("TIMEOUT", { kind: "timeout" });
      controller?.abort(new Error("The deadline has passed."));
    }, timeoutMs);

    connection.dispatch(request, {
      onRequestStart(started) {
        if (elapsedMs(clock, since) >= timeoutMs) settle({ kind: "timeout" });
        if (settled) return started.abort(new Error("The deadline has passed."));
        controller = started;
        connection.expectAnswer();
      },
      onResponseStart(started, answered, received) {
        if (answered < 200) return started.abort(new UnaskedUpgradeError());
        status = answered;
        headers = received;
      },
      onResponseData(started, chunk) {
        const room = readBytes - size;
        // Copied: the chunk is a view on the connection's much larger buffer.
        chunks.push(Buffer.from(chunk.subarray(0, room)));
        size += Math.min(chunk.length, room);
        if (chunk.length <= room || status === undefined) return;
        respond(status, "SIZE");
        started.abort(new Error("The response is longer than what is read."));
      },
      onResponseEnd() {
        if (status === undefined) return;
        if (!settled) connection.isReusable = true;
        respond(status);
      },
      onResponseError(_controller, error) {
        const isHeadTooLong =
          headers === undefined && "code" in error && error.code === "UND_ERR_HEADERS_OVERFLOW";
        end(isHeadTooLong ? "SIZE" : "ABORTED", { kind: "failed", error });
      },
    });
  });
}
