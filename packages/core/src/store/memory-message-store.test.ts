import { TestClock } from "../testing/test-clock.ts";
import { MemoryMessageStore } from "./memory-message-store.ts";
import { describeMessageStoreContract } from "./message-store.contract.ts";

describeMessageStoreContract("the memory store", async () => {
  const clock = new TestClock();
  return { store: new MemoryMessageStore(clock), clock };
});
