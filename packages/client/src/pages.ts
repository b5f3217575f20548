/** As many as one page may hold. */
export const PAGE = 100;

interface Page<T> {
  readonly items: readonly T[];
  readonly nextCursor?: string | undefined;
}

/** Where the next page begins. */
export interface PagePlace {
  readonly limit: number;
  readonly cursor: string | undefined;
}

/** All items, page by page as they are asked for. */
export async function* itemsOf<T>(
  pageAt: (place: PagePlace) => Promise<Page<T>>,
): AsyncGenerator<T, void, undefined> {
  let cursor: string | undefined;
  do {
    const page = await pageAt({ limit: PAGE, cursor });
    yield* page.items;
    cursor = page.nextCursor;
  } while (cursor !== undefined);
}

/** What was asked for, for a URL. */
export function queryOf(filter: object): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(filter)) {
    if (value !== undefined) query.append(name, value instanceof Date ? value.toISOString() : String(value));
  }
  return query.size === 0 ? "" : `?${query}`;
}
