import { TestClock } from "../testing/test-clock.ts";
import { describeLaneStoreContract } from "./lane-store.contract.ts";
import { MemoryLaneStore } from "./memory-lane-store.ts";

describeLaneStoreContract("the memory lane store", async () => {
  const clock = new TestClock();
  return { store: new MemoryLaneStore(clock), clock };
});
