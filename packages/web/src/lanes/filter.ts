/** What the lanes screen shows, as it stands in the URL: `?sender=acme&ordering=order-4711`. */

export interface LaneFilter {
  readonly sender?: string;
  /** One lane, whether it stands still or not. */
  readonly ordering?: string;
}

const FIELDS = ["sender", "ordering"] as const;

export function parseLaneFilter(search: string): LaneFilter {
  const params = new URLSearchParams(search);
  return Object.fromEntries(
    FIELDS.flatMap((name) => {
      const value = params.get(name)?.trim();
      return value ? [[name, value]] : [];
    }),
  );
}

/** The query string of the filter, with its question mark; empty for the default. */
export function laneSearch(filter: LaneFilter): string {
  const params = new URLSearchParams();
  for (const name of FIELDS) {
    const value = filter[name];
    if (value) params.set(name, value);
  }
  const text = params.toString();
  return text ? `?${text}` : "";
}
