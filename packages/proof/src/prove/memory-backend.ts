import { MemoryEventStore } from "@homing/core/event/memory-event-store";
import { MemoryLaneStore } from "@homing/core/lane/memory-lane-store";
import { MemoryMessageQueue } from "@homing/core/queue/memory-message-queue";
import { MemoryMessageStore } from "@homing/core/store/memory-message-store";
import { MAX_RECEIVE_COUNT, VISIBILITY_TIMEOUT_MS } from "./simulate/fixed-times.ts";
import { StepwiseMemoryEndpoints } from "./simulate/stepwise-endpoints.ts";
import type { MakeBackend } from "./simulate/world.ts";

/** Stores and queue in memory: what thousands of schedules run on. */
export const memoryBackend: MakeBackend = (clock, { linePlaces }) => {
  const events = new MemoryEventStore(clock);
  return {
    store: new MemoryMessageStore(clock, events),
    events,
    endpoints: new StepwiseMemoryEndpoints(clock),
    lanes: new MemoryLaneStore(clock, linePlaces),
    queue: new MemoryMessageQueue(clock, {
      visibilityTimeoutMs: VISIBILITY_TIMEOUT_MS,
      maxReceiveCount: MAX_RECEIVE_COUNT,
    }),
  };
};
