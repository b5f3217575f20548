import { TestClock } from "../testing/test-clock.ts";
import { describeEventStoreContract } from "./event-store.contract.ts";
import { MemoryEventStore } from "./memory-event-store.ts";

describeEventStoreContract("the memory event store", async () => {
  const clock = new TestClock();
  return { store: new MemoryEventStore(clock), clock };
});
