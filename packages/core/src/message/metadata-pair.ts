/** What lists of messages and events are asked for by metadata. */
export interface MetadataPair {
  readonly name: string;
  readonly value: string;
}

/** True if the metadata have exactly this value under this name, as their own: not what every object has. */
export function hasPair(
  metadata: Readonly<Record<string, string>> | undefined = {},
  { name, value }: MetadataPair,
): boolean {
  return Object.hasOwn(metadata, name) && metadata[name] === value;
}
