import { MemoryMessageQueue } from "@homing/core/queue/memory-message-queue";
import { MemoryMessageStore } from "@homing/core/store/memory-message-store";
import { MAX_RECEIVE_COUNT, VISIBILITY_TIMEOUT_MS } from "./simulate/fixed-times.ts";
import type { MakeBackend } from "./simulate/world.ts";

/** Store and queue in memory: what thousands of schedules run on. */
export const memoryBackend: MakeBackend = (clock) => ({
  store: new MemoryMessageStore(clock),
  queue: new MemoryMessageQueue(clock, {
    visibilityTimeoutMs: VISIBILITY_TIMEOUT_MS,
    maxReceiveCount: MAX_RECEIVE_COUNT,
  }),
});
