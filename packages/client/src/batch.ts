/** Any number of messages or events, as many a call as the API takes. */
import { type BatchEntryText, chunksOf, envelopeOf, type Kind } from "./batch-chunks.ts";
import { HomingError } from "./homing-error.ts";
import { newIdempotencyKey } from "./idempotency-key.ts";
import { messageJson } from "./json-text.ts";
import type { CallOptions, Transport } from "./transport.ts";
import type { BatchRefused } from "./types.ts";

/** In the place of a status where nobody answered. */
const UNAVAILABLE = 503;

type BatchOptions = CallOptions & { readonly retries?: number | undefined };
type Result<A> = A | Omit<BatchRefused, "idempotencyKey">;

interface ChunkAnswer<A> {
  readonly results: readonly Result<A>[];
  /** False if the call itself failed. */
  readonly answered: boolean;
}

interface Keyed {
  readonly index: number;
  readonly idempotencyKey: string;
}

/**
 * Answers what became of each, in their order; those whose problem is retryable have been sent again by then. A call
 * that fails is told as the problem of each of its entries, and so is what was left when the signal ended the rest:
 * nothing that was accepted is forgotten. `A` is what the API says of one that it has accepted.
 *
 * @throws InvalidArgumentError before anything is sent.
 */
export async function sendInBatches<A extends object>(
  transport: Transport,
  kind: Kind,
  entries: ReadonlyArray<{ readonly idempotencyKey?: string | undefined; readonly body?: unknown }>,
  options: CallOptions,
): Promise<Array<Result<A> & Keyed>> {
  options.signal?.throwIfAborted();
  const keys = entries.map(({ idempotencyKey = newIdempotencyKey() }) => idempotencyKey);
  const all = entries.map((entry, index) => ({
    json: messageJson({ ...entry, idempotencyKey: keys[index] }, `${NAMES[kind]} ${index}`),
    index,
  }));
  const outcomes: Array<Result<A> & Keyed> = [];
  // After a call that failed, the next one is a probe: an outage is met once, not as often as there are calls.
  let retries: number | undefined;
  for (const chunk of chunksOf(all, kind)) {
    const { results, answered } = await sendChunk<A>(transport, kind, chunk, { ...options, retries });
    retries = answered ? undefined : 0;
    for (const [at, result] of results.entries()) {
      const index = chunk[at]?.index ?? 0;
      outcomes.push({ ...result, index, idempotencyKey: keys[index] ?? "" });
    }
  }
  return outcomes;
}

const NAMES: Readonly<Record<Kind, string>> = { messages: "Message", events: "Event" };

async function sendChunk<A extends object>(
  transport: Transport,
  kind: Kind,
  chunk: readonly BatchEntryText[],
  options: BatchOptions,
): Promise<ChunkAnswer<A>> {
  const first = await postBatch<A>(transport, kind, chunk, options);
  let results = first.results;
  for (let tries = 0; first.answered && tries < transport.retries; tries += 1) {
    const again = results.flatMap((result, at) => (isRetryable(result) ? [at] : []));
    if (again.length === 0 || options.signal?.aborted) break;
    await transport.pause(transport.waitMs(tries), options.signal).catch(() => undefined);
    const left = chunk.filter((_, at) => again.includes(at));
    const repeated = await postBatch<A>(transport, kind, left, options);
    // What was answered before says more than a call that failed.
    if (!repeated.answered) break;
    results = results.map((result, at) => repeated.results[again.indexOf(at)] ?? result);
  }
  return { ...first, results };
}

async function postBatch<A>(
  transport: Transport,
  kind: Kind,
  entries: readonly BatchEntryText[],
  options: BatchOptions,
): Promise<ChunkAnswer<A>> {
  try {
    const { results } = await transport.call<Pick<ChunkAnswer<A>, "results">>({
      ...options,
      method: "POST",
      path: `/v1/${kind}/batch`,
      body: envelopeOf(entries, kind),
      repeatable: true,
    });
    return { results, answered: true };
  } catch (error) {
    if (!(error instanceof HomingError) && !options.signal?.aborted) throw error;
    return { results: entries.map(({ index }) => ({ index, ...failureOf(error) })), answered: false };
  }
}

function isRetryable(result: object): boolean {
  return "problem" in result && (result as BatchRefused).problem.retryable;
}

/** A call that failed, as what became of one of its entries. */
function failureOf(error: unknown): Pick<BatchRefused, "httpStatus" | "problem"> {
  const {
    status = UNAVAILABLE,
    problem,
    retryable,
    message,
  } = error instanceof HomingError
    ? error
    : { retryable: true, message: "The call was ended by its caller." };
  return {
    httpStatus: status,
    problem: problem ?? {
      type: "about:blank",
      title: "No answer",
      status,
      detail: message,
      code: "SYSTEM_ERROR",
      retryable,
    },
  };
}
