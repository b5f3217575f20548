import { TestClock } from "@homing/core/testing/test-clock";
import { describeKeyStoreContract } from "./key-store.contract.ts";
import { MemoryKeyStore } from "./memory-key-store.ts";

describeKeyStoreContract("the memory key store", async () => ({
  store: new MemoryKeyStore(),
  clock: new TestClock(),
}));
