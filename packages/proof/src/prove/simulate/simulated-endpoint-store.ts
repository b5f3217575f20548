/** Endpoints as one simulated process sees them. A change and the version that tells of it are two calls. */
import type { Endpoint } from "@homing/core/endpoint/endpoint";
import type { EndpointChange } from "@homing/core/endpoint/endpoint-change";
import type {
  DueEndpoints,
  EndpointListQuery,
  EndpointOwner,
  EndpointPage,
  EndpointStore,
} from "@homing/core/endpoint/endpoint-store";
import type { SlotRequest } from "@homing/core/endpoint/pace";
import type { Operation } from "./incident.ts";
import type { Network, Process } from "./process.ts";
import type { StepwiseEndpoints } from "./stepwise-endpoints.ts";
import { type Surroundings, storageCall } from "./storage-call.ts";

export class SimulatedEndpointStore implements EndpointStore {
  readonly #network: Network & Surroundings;
  readonly #process: Process;
  readonly #inner: StepwiseEndpoints;
  readonly #raisesFirst: boolean;

  /** `raisesFirst`: as it must not be. */
  constructor(
    network: Network & Surroundings,
    process: Process,
    inner: StepwiseEndpoints,
    raisesFirst = false,
  ) {
    this.#raisesFirst = raisesFirst;
    this.#network = network;
    this.#process = process;
    this.#inner = inner;
  }

  async insert(endpoint: Endpoint): Promise<{ inserted: boolean; endpoint: Endpoint }> {
    if (this.#raisesFirst) await this.raiseVersion(endpoint.senderId);
    const result = await this.#call("insertEndpoint", async () => {
      const written = await this.#inner.insert(endpoint);
      this.#observe(written.endpoint);
      return written;
    });
    if (!this.#raisesFirst) await this.raiseVersion(endpoint.senderId);
    return result;
  }

  async change(read: Endpoint, change: EndpointChange): Promise<Endpoint | undefined> {
    if (this.#raisesFirst) await this.raiseVersion(read.senderId);
    const changed = await this.#call("changeEndpoint", async () => {
      const written = await this.#inner.change(read, change);
      if (written) this.#observe(written);
      return written;
    });
    if (changed && !change.quiet && !this.#raisesFirst) await this.raiseVersion(read.senderId);
    return changed;
  }

  raiseVersion(senderId: string): Promise<void> {
    return this.#call("raiseVersion", () => this.#inner.raise(senderId));
  }

  version(senderId: string): Promise<number> {
    return this.#call("version", () => this.#inner.version(senderId));
  }

  listOf(senderId: string): Promise<readonly Endpoint[]> {
    return this.#call("listEndpoints", () => this.#inner.listOf(senderId));
  }

  get(senderId: string, endpointId: string): Promise<Endpoint | undefined> {
    return this.#call("getEndpoint", () => this.#inner.get(senderId, endpointId));
  }

  getMany(owners: readonly EndpointOwner[]): Promise<readonly Endpoint[]> {
    return this.#call("getEndpoint", () => this.#inner.getMany(owners));
  }

  find(endpointId: string): Promise<Endpoint | undefined> {
    return this.#call("getEndpoint", () => this.#inner.find(endpointId));
  }

  list(query: EndpointListQuery): Promise<EndpointPage> {
    return this.#call("list", () => this.#inner.list(query));
  }

  failing(limit: number): Promise<readonly Endpoint[]> {
    return this.#call("list", () => this.#inner.failing(limit));
  }

  async due(until: number, limit: number, from?: string): Promise<DueEndpoints> {
    // Where there are no endpoints, a run of the reconciler is what it was without them.
    if (this.#network.ledger.fanOut.endpointIds().length === 0) return { endpoints: [] };
    return this.#call("dueEndpoints", () => this.#inner.due(until, limit, from));
  }

  async reserve(owner: EndpointOwner, request: SlotRequest): Promise<readonly number[]> {
    return this.#call("reserve", async () => {
      const slotsAt = await this.#inner.reserve(owner, request);
      const { ledger, scheduler } = this.#network;
      const { endpointId } = owner;
      ledger.paces.reserved({
        at: scheduler.now,
        process: this.#process.name,
        endpointId,
        request,
        slotsAt,
      });
      return slotsAt;
    });
  }

  #observe(endpoint: Endpoint): void {
    const { ledger, scheduler } = this.#network;
    ledger.fanOut.observeEndpoint(scheduler.now, endpoint, this.#process.name);
  }

  #call<T>(operation: Operation, effect: () => Promise<T>): Promise<T> {
    return storageCall(this.#network, this.#process, { operation, messageId: undefined, effect });
  }
}
