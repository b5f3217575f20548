/**
 * Items outlive the code that wrote them, and during a deployment two versions write them side by side. What may
 * change, and how, stands in ARCHITECTURE.md; this is the part that a reader needs.
 */
import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { NewerFormatError } from "@homing/core/store/message-store";

type Item = Record<string, AttributeValue>;

/**
 * The newest format that this code reads. An item that carries a `format` needs a reader of at least that one; without
 * it any reader will do. A writer sets it only on items that an older reader would misread.
 */
export const READABLE_FORMAT = 3;

/**
 * Of messages that wait for each other, in every state: whoever does not know it would send what waits for its turn, and
 * leave those behind one that it has finished where they are.
 */
export const ORDERED_FORMAT = 3;

/** The condition under which a writer may touch an item: it must be able to read what it changes. */
export function readableCondition(name: string, value: string): string {
  return `(attribute_not_exists(${name}) OR ${name} <= ${value})`;
}

export function isReadable(item: Item): boolean {
  return Number(item.format?.N ?? 0) <= READABLE_FORMAT;
}

/**
 * The item, if this code can read it.
 *
 * @throws NewerFormatError
 */
export function readable(item: Item): Item {
  if (isReadable(item)) return item;
  throw new NewerFormatError(
    new Error(`Format ${item.format?.N} is newer than this version reads (${READABLE_FORMAT}).`),
  );
}
