import type { MessageStore } from "../store/message-store.ts";
import { noticingStore } from "../store/noticing-store.ts";
import type { EndpointHealth } from "./endpoint-health.ts";

/** The store, with every failure of a message told of: one place, whoever has written it. */
export function announcingStore(
  store: MessageStore,
  health: Pick<EndpointHealth, "messageFailed">,
): MessageStore {
  return noticingStore(store, {
    // A message that has been FAILED before, and is only skipped, has been told of.
    applied: ({ name, set }, message) =>
      set.status === "FAILED" && name !== "skip" ? health.messageFailed(message) : undefined,
  });
}
