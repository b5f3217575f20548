/// <reference path="./undici-parts.d.ts" />
import type { Dispatcher } from "undici";
import Client from "undici/lib/dispatcher/client.js";
import { AnswerFilter, filterAnswers } from "./answer-filter.ts";
import type { Connect } from "./guarded-connector.ts";
import type { Progress } from "./progress.ts";
import { readInSmallPieces } from "./small-pieces.ts";

/** Well below the 5 s after which common servers close an idle connection, so that both rarely meet. */
export const KEEP_ALIVE_MS = 3_000;
const MAX_RESPONSE_HEADER_BYTES = 65_536;

/** One connection to one origin, lent to one attempt at a time; opened when it is needed, and anew if it was closed. */
export class Connection {
  readonly origin: string;
  /** Of the present attempt. */
  readonly progress: Progress = { phase: "RESOLVING" };
  /** Whether its last response was read to the end, and it is still open. */
  isReusable = false;
  /** When it was lent last, by the wall clock. */
  lastUsedAt = 0;
  readonly #client: Client;
  readonly #closing = new AbortController();
  #answers = new AnswerFilter();

  constructor(origin: string, connect: Connect) {
    this.origin = origin;
    this.#client = new Client(origin, {
      connect: (options, callback) => {
        const { hostname, port, protocol } = options;
        const isTls = protocol === "https:";
        const to = { hostname, isTls, port: port === "" ? (isTls ? 443 : 80) : Number(port) };
        connect(to, this.progress, this.#closing.signal).then(
          (socket) => {
            this.#answers = new AnswerFilter();
            callback(null, filterAnswers(readInSmallPieces(socket), this.#answers));
          },
          (error) => callback(error, null),
        );
      },
      allowH2: false,
      // One request at a time: undici repeats requests only behind another one.
      pipelining: 1,
      // The attempt's one deadline stands in for undici's own.
      headersTimeout: 0,
      bodyTimeout: 0,
      keepAliveTimeout: KEEP_ALIVE_MS,
      keepAliveMaxTimeout: KEEP_ALIVE_MS,
      maxHeaderSize: MAX_RESPONSE_HEADER_BYTES,
    });
  }

  dispatch(request: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): void {
    this.isReusable = false;
    this.progress.phase = "RESOLVING";
    delete this.progress.certificate;
    this.#client.dispatch(request, handler);
  }

  /** To be called when the request is about to leave. */
  expectAnswer(): void {
    this.progress.phase = "SENT";
    this.#answers.expectAnswer();
  }

  /** The status that arrived for the present request, even if undici refused what followed it. */
  get answeredStatus(): number | undefined {
    return this.#answers.status;
  }

  /** Calls back each time it has been closed, by whichever side. */
  onClosed(callback: () => void): void {
    this.#client.on("disconnect", callback);
  }

  /** Ends it, or the attempt to open it, and the request on it. */
  async destroy(): Promise<void> {
    this.#closing.abort(new Error("The connection is not wanted any more."));
    await this.#client.destroy();
  }
}
