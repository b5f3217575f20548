/** What one call of a batch may hold; the API's own limits. */
export const MAX_BATCH_MESSAGES = 100;
export const MAX_BATCH_BYTES = 4_194_304;

/** What a batch is of, as the API names it. */
export type Kind = "messages" | "events";

const CLOSE = "]}";

/** A message or an event of a batch: its JSON text, and its place in all that is sent. */
export interface BatchEntryText {
  readonly json: string;
  readonly index: number;
}

/** In their order, as many together as one call takes; one that is too large by itself stays alone. */
export function chunksOf(entries: readonly BatchEntryText[], kind: Kind): BatchEntryText[][] {
  const chunks: BatchEntryText[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const entry of entries) {
    const size = byteLengthOf(entry.json) + 1;
    const chunk = chunks.at(-1);
    if (chunk && chunk.length < MAX_BATCH_MESSAGES && bytes + size <= MAX_BATCH_BYTES) {
      chunk.push(entry);
      bytes += size;
    } else {
      chunks.push([entry]);
      bytes = openingOf(kind).length + CLOSE.length + size;
    }
  }
  return chunks;
}

export function envelopeOf(entries: readonly BatchEntryText[], kind: Kind): string {
  return `${openingOf(kind)}${entries.map(({ json }) => json).join(",")}${CLOSE}`;
}

function openingOf(kind: Kind): string {
  return `{"${kind}":[`;
}

const encoder = new TextEncoder();

function byteLengthOf(text: string): number {
  return encoder.encode(text).byteLength;
}
