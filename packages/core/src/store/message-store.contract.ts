/** What every message store guarantees. The memory store and the DynamoDB store run the same suite. */
import { describe } from "vitest";
import { describeHeld } from "./contract/held.ts";
import { describeIds } from "./contract/ids.ts";
import { describeIndexes } from "./contract/indexes.ts";
import { describeInsertion } from "./contract/insertion.ts";
import { describeRecords } from "./contract/records.ts";
import type { MakeStore } from "./contract/subject.ts";
import { describeTransitions } from "./contract/transitions.ts";

export type { MakeStore, StoreSubject } from "./contract/subject.ts";

/** `makeStore` runs once for each part of the suite; all of them may share one table. */
export function describeMessageStoreContract(name: string, makeStore: MakeStore): void {
  describe(name, () => {
    describeInsertion(makeStore);
    describeTransitions(makeStore);
    describeRecords(makeStore);
    describeIndexes(makeStore);
    describeHeld(makeStore);
    describeIds(makeStore);
  });
}
