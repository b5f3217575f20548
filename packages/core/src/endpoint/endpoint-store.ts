/** Where endpoints live. Every implementation passes `endpoint-store.contract.ts`. */
import type { Endpoint } from "./endpoint.ts";
import type { EndpointChange } from "./endpoint-change.ts";
import type { SlotRequest } from "./pace.ts";

/** What leads to an endpoint. */
export type EndpointOwner = Pick<Endpoint, "senderId" | "endpointId">;

/** A place in the list of all senders' endpoints, newest first: everything before it has been seen. */
export interface EndpointPlace {
  readonly createdAt: number;
  readonly endpointId: string;
}

export interface EndpointListQuery {
  /** Those alone that call for attention. */
  readonly attention: boolean;
  readonly limit: number;
  readonly after?: EndpointPlace;
}

export interface EndpointPage {
  /** May be fewer than `limit`, and there may still be a `next`. */
  readonly endpoints: readonly Endpoint[];
  /** Absent at the end. */
  readonly next?: EndpointPlace;
}

export interface DueEndpoints {
  readonly endpoints: readonly EndpointOwner[];
  /** Absent at the end. */
  readonly next?: string;
}

/**
 * Reads are consistent, but for `list`, `failing` and `due`. Endpoints past their `expiresAt` count as absent. Every method rejects with a
 * StorageError if the storage does not answer.
 *
 * A sender's endpoints have a version. It is raised after every change and before that is answered: whoever reads the
 * version first and finds it as it was may use the endpoints that were read under it, and will have missed no change
 * that was answered before.
 */
export interface EndpointStore {
  /**
   * Stores a new endpoint if there is none under its id; else answers the one that is there, which may be a deleted
   * one. The version is raised in either case: the call that stored it may have died before it did so.
   */
  insert(endpoint: Endpoint): Promise<{ readonly inserted: boolean; readonly endpoint: Endpoint }>;

  /**
   * Tries one change, and raises the version if it took effect, now or in an earlier try, unless the change is quiet. Undefined if the endpoint is
   * no longer as it was read.
   */
  change(read: Endpoint, change: EndpointChange): Promise<Endpoint | undefined>;

  /** Raises the version and changes nothing: for an answer that rests on what another call may have left half done. */
  raiseVersion(senderId: string): Promise<void>;

  /** 0 if the sender has never had an endpoint. */
  version(senderId: string): Promise<number>;

  /** All of a sender's endpoints, deleted ones that are still known included; in no particular order. */
  listOf(senderId: string): Promise<readonly Endpoint[]>;

  get(senderId: string, endpointId: string): Promise<Endpoint | undefined>;

  /** The endpoints that exist, each once, in no particular order. */
  getMany(owners: readonly EndpointOwner[]): Promise<readonly Endpoint[]>;

  /** The endpoint of this id, whoever its sender is. */
  find(endpointId: string): Promise<Endpoint | undefined>;

  /** All senders' endpoints without the deleted ones, newest first; eventually consistent. */
  list(query: EndpointListQuery): Promise<EndpointPage>;

  /** Of the endpoints that fail (`isFailing`) so many at the most, in no particular order; eventually consistent. */
  failing(limit: number): Promise<readonly Endpoint[]>;

  /** Rows of those that are due at `until` or earlier, the longest first: hints, as every row. */
  due(until: number, limit: number, from?: string): Promise<DueEndpoints>;

  /**
   * Reserves the next slots in the pace of an endpoint, as `reserveSlots` says, and answers their times; fewer than were
   * asked for if there are no more. Each is reserved once, whoever else asks at the same time; one whose answer is lost is
   * lost too.
   */
  reserve(owner: EndpointOwner, request: SlotRequest): Promise<readonly number[]>;
}

/** Newest first, equal times by id. */
export function newestEndpointFirst(a: EndpointPlace, b: EndpointPlace): number {
  return (
    b.createdAt - a.createdAt || (a.endpointId < b.endpointId ? 1 : a.endpointId > b.endpointId ? -1 : 0)
  );
}

/** One page of endpoints that were read in the list's order, of which there may be more. */
export function placeOf({ createdAt, endpointId }: EndpointPlace): EndpointPlace {
  return { createdAt, endpointId };
}
