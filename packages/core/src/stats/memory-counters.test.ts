import { TestClock } from "../testing/test-clock.ts";
import { describeCountersContract } from "./counters.contract.ts";
import { MemoryCounters } from "./memory-counters.ts";

describeCountersContract("counters in memory", async () => {
  const clock = new TestClock();
  return { counters: new MemoryCounters(clock), clock };
});
