/** What one call of a batch may hold; the API's own limits. */
export const MAX_BATCH_MESSAGES = 100;
export const MAX_BATCH_BYTES = 4_194_304;

const OPEN = '{"messages":[';
const CLOSE = "]}";

/** A message of a batch: its JSON text, and its place in all that is sent. */
export interface BatchMessage {
  readonly json: string;
  readonly index: number;
}

/** In their order, as many together as one call takes; one that is too large by itself stays alone. */
export function chunksOf(messages: readonly BatchMessage[]): BatchMessage[][] {
  const chunks: BatchMessage[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const message of messages) {
    const size = byteLengthOf(message.json) + 1;
    const chunk = chunks.at(-1);
    if (chunk && chunk.length < MAX_BATCH_MESSAGES && bytes + size <= MAX_BATCH_BYTES) {
      chunk.push(message);
      bytes += size;
    } else {
      chunks.push([message]);
      bytes = OPEN.length + CLOSE.length + size;
    }
  }
  return chunks;
}

export function envelopeOf(messages: readonly BatchMessage[]): string {
  return `${OPEN}${messages.map(({ json }) => json).join(",")}${CLOSE}`;
}

const encoder = new TextEncoder();

function byteLengthOf(text: string): number {
  return encoder.encode(text).byteLength;
}
