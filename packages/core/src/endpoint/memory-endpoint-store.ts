import type { Clock } from "../clock.ts";
import { callsForAttention, type Endpoint, isFailing } from "./endpoint.ts";
import { type EndpointChange, performChange } from "./endpoint-change.ts";
import {
  type DueEndpoints,
  type EndpointListQuery,
  type EndpointOwner,
  type EndpointPage,
  type EndpointStore,
  newestEndpointFirst,
  placeOf,
} from "./endpoint-store.ts";
import { type Pace, reserveSlots, type SlotRequest } from "./pace.ts";

/** Endpoints that last as long as the process: for tests, and the reference for every other store. */
export class MemoryEndpointStore implements EndpointStore {
  readonly #clock: Pick<Clock, "now">;
  readonly #endpoints = new Map<string, Endpoint>();
  readonly #versions = new Map<string, number>();
  readonly #paces = new Map<string, Pace>();

  constructor(clock: Pick<Clock, "now">) {
    this.#clock = clock;
  }

  async insert(endpoint: Endpoint): Promise<{ inserted: boolean; endpoint: Endpoint }> {
    const existing = this.#read(endpoint.endpointId);
    if (!existing) this.#endpoints.set(endpoint.endpointId, endpoint);
    await this.raiseVersion(endpoint.senderId);
    const inserted = existing === undefined || existing.writeId === endpoint.writeId;
    return { inserted, endpoint: existing ?? endpoint };
  }

  async change(read: Endpoint, change: EndpointChange): Promise<Endpoint | undefined> {
    const current = this.#read(read.endpointId);
    const changed =
      current?.writeId === change.set.writeId ? current : current && performChange(current, change);
    if (!changed) return undefined;
    this.#endpoints.set(read.endpointId, changed);
    if (!change.quiet) await this.raiseVersion(read.senderId);
    return changed;
  }

  async raiseVersion(senderId: string): Promise<void> {
    this.#versions.set(senderId, (this.#versions.get(senderId) ?? 0) + 1);
  }

  async version(senderId: string): Promise<number> {
    return this.#versions.get(senderId) ?? 0;
  }

  async listOf(senderId: string): Promise<readonly Endpoint[]> {
    return this.#all().filter((endpoint) => endpoint.senderId === senderId);
  }

  async get(senderId: string, endpointId: string): Promise<Endpoint | undefined> {
    const endpoint = this.#read(endpointId);
    return endpoint?.senderId === senderId ? endpoint : undefined;
  }

  async getMany(owners: readonly EndpointOwner[]): Promise<readonly Endpoint[]> {
    const wanted = new Set(owners.map(keyOf));
    return this.#all().filter((endpoint) => wanted.has(keyOf(endpoint)));
  }

  async find(endpointId: string): Promise<Endpoint | undefined> {
    return this.#read(endpointId);
  }

  async list({ attention, limit, after }: EndpointListQuery): Promise<EndpointPage> {
    const found = this.#all()
      .filter((endpoint) => endpoint.state !== "DELETED" && (!attention || callsForAttention(endpoint)))
      .filter((endpoint) => after === undefined || newestEndpointFirst(after, endpoint) < 0)
      .sort(newestEndpointFirst);
    const endpoints = found.slice(0, limit);
    const last = endpoints.at(-1);
    return { endpoints, ...(last && found.length > limit ? { next: placeOf(last) } : {}) };
  }

  async failing(limit: number): Promise<readonly Endpoint[]> {
    return this.#all().filter(isFailing).slice(0, limit);
  }

  async due(until: number, limit: number, from?: string): Promise<DueEndpoints> {
    const due = this.#all()
      .filter(({ dueAt }) => dueAt !== undefined && dueAt <= until)
      .map((endpoint) => ({
        endpoint,
        place: `${String(endpoint.dueAt).padStart(16, "0")} ${endpoint.endpointId}`,
      }))
      .filter(({ place }) => from === undefined || place > from)
      .sort((a, b) => (a.place < b.place ? -1 : 1));
    const page = due.slice(0, limit);
    const last = page.at(-1);
    return {
      endpoints: page.map(({ endpoint: { senderId, endpointId } }) => ({ senderId, endpointId })),
      ...(last && due.length > limit ? { next: last.place } : {}),
    };
  }

  async reserve(owner: EndpointOwner, request: SlotRequest): Promise<readonly number[]> {
    const { pace, slotsAt } = reserveSlots(this.#paces.get(keyOf(owner)), request);
    if (pace) this.#paces.set(keyOf(owner), pace);
    return slotsAt;
  }

  #read(endpointId: string): Endpoint | undefined {
    const endpoint = this.#endpoints.get(endpointId);
    return endpoint && this.#counts(endpoint) ? endpoint : undefined;
  }

  #all(): Endpoint[] {
    return [...this.#endpoints.values()].filter((endpoint) => this.#counts(endpoint));
  }

  #counts({ expiresAt }: Endpoint): boolean {
    return expiresAt === undefined || expiresAt > this.#clock.now();
  }
}

function keyOf({ senderId, endpointId }: EndpointOwner): string {
  return `${senderId} ${endpointId}`;
}
