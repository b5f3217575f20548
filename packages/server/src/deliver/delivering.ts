/** Deliveries and dead letters of this process. */
import { consumeDeadLetter } from "@homing/core/dead-letter/dead-letter";
import type { SigningSecrets } from "@homing/core/delivery/build-request";
import { handleRecord } from "@homing/core/delivery/handle-record";
import { SlowTargets, TAKES_SLOW_SHARE } from "@homing/core/delivery/slow-targets";
import { SECOND } from "@homing/core/duration";
import { workerTimeoutSeconds } from "@homing/core/queue/queue-definition";
import type { MessageStore } from "@homing/core/store/message-store";
import { createHttpClient } from "@homing/functions/egress/http-client";
import type { Services } from "@homing/functions/services";
import type { Database } from "../sqlite/database.ts";
import type { Storage } from "../sqlite/storage.ts";
import { startDeadLetters } from "./dead-letters.ts";
import { startDeliveries } from "./deliveries.ts";
import { requestsWhenSafe } from "./requests-when-safe.ts";

export interface DeliveringOptions {
  readonly services: Services;
  readonly storage: Storage;
  readonly database: Database;
  readonly signingSecrets: SigningSecrets;
  /** At once. */
  readonly deliveries: number;
  /** Ports of this process, which nothing may be delivered to. */
  readonly ownPorts: ReadonlySet<number>;
}

export interface Delivering {
  /** Begins nothing more, and lets what has begun end. */
  stop(): Promise<void>;
}

export function startDelivering(options: DeliveringOptions): Delivering {
  const { services, storage, database, signingSecrets, deliveries, ownPorts } = options;
  const { observer, settings } = services;
  const http = createHttpClient({
    allowPrivateTargets: settings.allowPrivateTargets,
    refusePorts: () => ownPorts,
    // One for each delivery: none waits for another, nor is its target blamed for it.
    connectionsPerHost: deliveries,
  });
  const deps = {
    ...services,
    store: outcomesWhenSafe(storage),
    http: requestsWhenSafe(http, { database, clock: services.clock, leaseMs: settings.leaseMs }),
    signingSecrets,
    hands: new SlowTargets({ ...services, most: Math.ceil(deliveries * TAKES_SLOW_SHARE) }),
  };
  const running = startDeliveries({
    queue: storage.queue,
    deliver: (record, remainingMs) => handleRecord(deps, record, remainingMs),
    drainMs: workerTimeoutSeconds(settings.deliveryTimeoutMs) * SECOND,
    onError: (error) => observer.log.write("error", "delivery_failed", {}, error),
  });
  const deadLetters = startDeadLetters({
    queue: storage.queue,
    consume: (record) => consumeDeadLetter(services, record),
    onError: (error) => observer.log.write("warn", "dead_letters_failed", {}, error),
  });
  return {
    stop: async () => {
      await Promise.all([running.stop(), deadLetters.stop()]);
      await http.close();
    },
  };
}

/**
 * What a target has answered is told to nobody twice: its outcome is tried again until it is safe. A claim need not
 * wait, because its request does.
 */
function outcomesWhenSafe({ safe, atOnce }: Storage): MessageStore {
  return {
    ...atOnce.store,
    apply: (messageId, transition, withinMs) => {
      const isClaim = transition.token.attribute === "claimId";
      const { store } = transition.when.status.includes("PROCESSING") && !isClaim ? safe : atOnce;
      return store.apply(messageId, transition, withinMs);
    },
    putAttempt: (...attempt) => safe.store.putAttempt(...attempt),
  };
}
