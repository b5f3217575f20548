interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextCursor?: string | undefined;
}

/** So many pages in a row without a single item, and the reader decides whether to go on. */
const MOST_EMPTY_PAGES = 20;

/**
 * The next page of a list that holds something: one of the API's may be empty, and others follow. An empty one with a
 * cursor only after many empty ones.
 */
export async function nextPage<P extends Page<unknown>>(
  fetchFrom: (cursor: string | undefined) => Promise<P>,
  start: string | undefined,
): Promise<P> {
  let cursor = start;
  for (let looked = 1; ; looked += 1) {
    const page = await fetchFrom(cursor);
    if (page.items.length > 0 || page.nextCursor === undefined || looked === MOST_EMPTY_PAGES) return page;
    cursor = page.nextCursor;
  }
}
