import type { Clock } from "@homing/core/clock";
import { EndpointDirectory } from "@homing/core/endpoint/endpoint-directory";
import { createEndpointReader, type EndpointReader } from "@homing/core/endpoint/endpoint-reader";
import type { EndpointStore } from "@homing/core/endpoint/endpoint-store";

export type EndpointReads = Pick<EndpointStore, "version" | "listOf" | "get">;

/** What an environment remembers of endpoints beyond one invocation. Whoever is at work reads for it. */
export class EndpointMemory {
  readonly directory: EndpointDirectory;
  readonly reader: EndpointReader;
  #reads: EndpointReads | undefined;

  constructor(clock: Clock, mutate: (reads: EndpointReads) => EndpointReads = (reads) => reads) {
    const reads = mutate({
      version: (senderId) => this.#current().version(senderId),
      listOf: (senderId) => this.#current().listOf(senderId),
      get: (senderId, endpointId) => this.#current().get(senderId, endpointId),
    });
    this.directory = new EndpointDirectory(reads, clock);
    this.reader = createEndpointReader(reads, clock);
  }

  /** From now on it is this invocation that reads. */
  readThrough(reads: EndpointReads): void {
    this.#reads = reads;
  }

  #current(): EndpointReads {
    if (!this.#reads) throw new Error("endpoints are read in an invocation");
    return this.#reads;
  }
}
