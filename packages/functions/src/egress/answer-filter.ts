import type { Socket } from "node:net";

/** More interim responses (1xx) than this, or more bytes of them, are a flood. */
const MAX_INTERIM_RESPONSES = 16;
const MAX_INTERIM_BYTES = 65_536;
/** A status line that is longer is left to undici alone. */
const MAX_STATUS_LINE_BYTES = 8_192;

/** "HTTP/1.1 200" and the character behind it, which says that the status ends there. */
const STATUS_BYTES = 13;
/** 101 is no interim response: it would end HTTP on this connection. */
const INTERIM = /^HTTP\/1\.[01] 1(?!01)\d\d[ \r\n]/;
const STATUS_LINE = /^HTTP\/1\.[01] (?<status>[2-9]\d\d)(?: [\t\x20-\x7e\x80-\xff]*)?\r?\n$/;
const END_OF_HEAD = /\n\r?\n/;

/** Names the fault for the classification of errors. */
class InterimFloodError extends Error {
  override name = "InterimFloodError";
  readonly code = "INTERIM_FLOOD";
}

/**
 * What a connection brings, before undici reads it. Interim responses are passed over: a client must
 * understand them although it has not asked for any (RFC 9110 §15.2), and undici takes a 100 for an error. And
 * the status line is noted, which decides over an attempt even if undici refuses what follows it.
 */
export class AnswerFilter {
  #state: "NONE_EXPECTED" | "START" | "INTERIM" | "STATUS_LINE" | "PASSING" = "NONE_EXPECTED";
  /** START, STATUS_LINE: what has come of it. INTERIM: the last bytes, in which the end may have begun. */
  #held = "";
  #interimResponses = 0;
  #interimBytes = 0;
  #status: number | undefined;

  /** The final status of the present request, once its whole status line has arrived. */
  get status(): number | undefined {
    return this.#status;
  }

  /** To be called before each request. */
  expectAnswer(): void {
    this.#state = "START";
    this.#held = "";
    this.#interimResponses = 0;
    this.#interimBytes = 0;
    this.#status = undefined;
  }

  /** The part of `piece` that is not an interim response's. @throws InterimFloodError */
  pass(piece: Buffer): Buffer {
    if (this.#state === "NONE_EXPECTED" || this.#state === "PASSING") return piece;
    const passed: Buffer[] = [];
    let rest = piece;
    while (rest.length > 0) {
      const [taken, output] = this.#take(rest);
      if (output.length > 0) passed.push(output);
      rest = rest.subarray(taken);
    }
    const [only] = passed;
    return passed.length === 1 && only ? only : Buffer.concat(passed);
  }

  /** How many bytes of `rest` are dealt with, and what undici gets for them. */
  #take(rest: Buffer): [taken: number, output: Buffer] {
    switch (this.#state) {
      case "START":
        return this.#takeStart(rest);
      case "INTERIM":
        return this.#takeInterim(rest);
      case "STATUS_LINE":
        return this.#takeStatusLine(rest);
      default:
        return [rest.length, rest];
    }
  }

  #takeStart(rest: Buffer): [number, Buffer] {
    const taken = Math.min(rest.length, STATUS_BYTES - this.#held.length);
    this.#held += rest.toString("latin1", 0, taken);
    // As soon as it cannot become a status, and when it is one.
    if (this.#held.length < STATUS_BYTES && "HTTP/1.".startsWith(this.#held.slice(0, 7))) {
      return [taken, Buffer.alloc(0)];
    }
    if (INTERIM.test(this.#held)) {
      this.#interimResponses += 1;
      if (this.#interimResponses > MAX_INTERIM_RESPONSES) throw new InterimFloodError();
      this.#state = "INTERIM";
      this.#held = this.#held.slice(-1);
      return [taken, Buffer.alloc(0)];
    }
    const held = Buffer.from(this.#held, "latin1");
    const lineEnd = this.#held.indexOf("\n");
    if (lineEnd >= 0 && lineEnd < this.#held.length - 1) this.#state = "PASSING";
    else if (lineEnd >= 0) this.#endStatusLine();
    else this.#state = "STATUS_LINE";
    return [taken, held];
  }

  #takeInterim(rest: Buffer): [number, Buffer] {
    const text = this.#held + rest.toString("latin1");
    const end = END_OF_HEAD.exec(text);
    const taken = end === null ? rest.length : end.index + end[0].length - this.#held.length;
    this.#interimBytes += taken;
    if (this.#interimBytes > MAX_INTERIM_BYTES) throw new InterimFloodError();
    this.#state = end === null ? "INTERIM" : "START";
    this.#held = end === null ? text.slice(-2) : "";
    return [taken, Buffer.alloc(0)];
  }

  #takeStatusLine(rest: Buffer): [number, Buffer] {
    const lineEnd = rest.indexOf("\n");
    const taken = lineEnd < 0 ? rest.length : lineEnd + 1;
    this.#held += rest.toString("latin1", 0, taken);
    if (this.#held.length > MAX_STATUS_LINE_BYTES) this.#state = "PASSING";
    else if (lineEnd >= 0) this.#endStatusLine();
    return [taken, rest.subarray(0, taken)];
  }

  #endStatusLine(): void {
    const status = STATUS_LINE.exec(this.#held)?.groups?.status;
    if (status !== undefined) this.#status = Number(status);
    this.#state = "PASSING";
  }
}

/** Puts the filter between a socket and whoever reads it. */
export function filterAnswers(socket: Socket, filter: AnswerFilter): Socket {
  const read = socket.read.bind(socket);
  socket.read = (size?: number) => {
    for (;;) {
      const piece: Buffer | null = read(size);
      if (piece === null) return null;
      try {
        const passed = filter.pass(piece);
        if (passed.length > 0) return passed;
      } catch (error) {
        socket.destroy(error as Error);
        return null;
      }
    }
  };
  return socket;
}
