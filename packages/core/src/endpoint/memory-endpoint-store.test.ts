import { TestClock } from "../testing/test-clock.ts";
import { describeEndpointStoreContract } from "./endpoint-store.contract.ts";
import { MemoryEndpointStore } from "./memory-endpoint-store.ts";

describeEndpointStoreContract("the memory endpoint store", async () => {
  const clock = new TestClock();
  return { store: new MemoryEndpointStore(clock), clock };
});
