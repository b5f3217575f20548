import { systemClock } from "@homing/core/clock";
import { SlowTargets } from "@homing/core/delivery/slow-targets";
import { announcingStore } from "@homing/core/endpoint/announcing-store";
import { EndpointDirectory } from "@homing/core/endpoint/endpoint-directory";
import { EndpointHealth } from "@homing/core/endpoint/endpoint-health";
import { createEndpointReader } from "@homing/core/endpoint/endpoint-reader";
import { newToken } from "@homing/core/message/message-id";
import type { Observer } from "@homing/core/observe/observe";
import type { Settings } from "@homing/core/settings";
import type { ReconcilerServices } from "@homing/functions/services";
import type { Storage } from "./sqlite/storage.ts";

/**
 * What every part of the process has, as on Lambda. Marking a message and sending its copy are one write, and the send
 * tells whether it is safe: either is answered for with it.
 */
export function createServices(storage: Storage, settings: Settings, observer: Observer): ReconcilerServices {
  const { safe, atOnce, keyStore, endpoints, counters, due } = storage;
  const health = new EndpointHealth({
    endpoints,
    store: atOnce.store,
    clock: systemClock,
    observer,
    newToken,
    settings,
  });
  return {
    ...atOnce,
    store: announcingStore(atOnce.store, health),
    queue: safe.queue,
    keyStore,
    endpoints,
    directory: new EndpointDirectory(endpoints, systemClock),
    endpointReader: createEndpointReader(endpoints, systemClock),
    hands: new SlowTargets({ clock: systemClock, observer }),
    health,
    counters,
    clock: systemClock,
    observer,
    settings,
    shardMark: { highest: async () => due.shards },
    newToken,
    random: Math.random,
  };
}
