/** Of a list's answer. Lambda answers at most 6 MB, and nobody reads a page of megabytes. */
export const MAX_PAGE_BYTES = 1_048_576;
/** For all that stands around the items. */
const ENVELOPE_BYTES = 1_024;

/** The first items, as many as a page holds; at least one, so that every page leads on. */
export function itemsThatFit<T>(items: readonly T[]): T[] {
  let bytes = ENVELOPE_BYTES;
  const fitting = items.findIndex((item, at) => {
    bytes += Buffer.byteLength(JSON.stringify(item)) + 1;
    return at > 0 && bytes > MAX_PAGE_BYTES;
  });
  return items.slice(0, fitting === -1 ? items.length : fitting);
}
