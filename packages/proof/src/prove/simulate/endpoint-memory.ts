import type { Clock } from "@homing/core/clock";
import { EndpointDirectory } from "@homing/core/endpoint/endpoint-directory";
import { EndpointHealth, type HealthDependencies } from "@homing/core/endpoint/endpoint-health";
import { createEndpointReader, type EndpointReader } from "@homing/core/endpoint/endpoint-reader";
import type { EndpointStore } from "@homing/core/endpoint/endpoint-store";

export type EndpointReads = Pick<EndpointStore, "version" | "listOf" | "get">;

/** Through whose calls it tells of what it has seen. */
export type HealthCalls = Pick<HealthDependencies, "endpoints" | "store">;

/** What an environment remembers of endpoints beyond one invocation. Whoever is at work reads for it. */
export class EndpointMemory {
  readonly directory: EndpointDirectory;
  readonly reader: EndpointReader;
  /** Absent if nobody watches endpoints. */
  readonly health: EndpointHealth | undefined;
  #reads: EndpointReads | undefined;
  #calls: HealthCalls | undefined;

  constructor(
    clock: Clock,
    watching: Pick<HealthDependencies, "observer" | "newToken" | "settings" | "policy"> | undefined,
    mutate: (reads: EndpointReads) => EndpointReads = (reads) => reads,
  ) {
    const reads = mutate({
      version: (senderId) => this.#current().version(senderId),
      listOf: (senderId) => this.#current().listOf(senderId),
      get: (senderId, endpointId) => this.#current().get(senderId, endpointId),
    });
    this.directory = new EndpointDirectory(reads, clock);
    this.reader = createEndpointReader(reads, clock);
    const calls = () => current(this.#calls);
    this.health =
      watching &&
      new EndpointHealth({
        ...watching,
        clock,
        endpoints: {
          get: (...parts) => calls().endpoints.get(...parts),
          change: (...parts) => calls().endpoints.change(...parts),
        },
        store: {
          list: (query) => calls().store.list(query),
          getMany: (ids) => calls().store.getMany(ids),
        },
      });
  }

  /** From now on it is this invocation that reads and tells. */
  workThrough(reads: EndpointReads, calls: HealthCalls): void {
    this.#reads = reads;
    this.#calls = calls;
  }

  #current(): EndpointReads {
    return current(this.#reads);
  }
}

function current<T>(calls: T | undefined): T {
  if (calls === undefined) throw new Error("endpoints are read and told of in an invocation");
  return calls;
}
