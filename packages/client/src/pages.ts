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

/** The most that one stretch looks at. */
const STRETCH = 1_000;

/** What is done to many, stretch by stretch: each once the one before has been seen. */
export type Stretches<T> = AsyncGenerator<T, void, undefined>;

export async function* stretchesOf<T extends { readonly nextCursor?: string | undefined }>(
  next: (place: PagePlace) => Promise<T>,
): Stretches<T> {
  let cursor: string | undefined;
  do {
    const stretch = await next({ limit: STRETCH, cursor });
    yield stretch;
    cursor = stretch.nextCursor;
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
