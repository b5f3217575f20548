/** Where messages live. Every implementation passes `message-store.contract.ts`. */
import { HomingError } from "../error.ts";
import type { IdPart } from "../id-part.ts";
import type { Attempt, ListGroup, Message, Payload } from "../message/message.ts";
import type { Transition } from "../message/transition.ts";

/** The storage did not answer, or refused. Safe to show: what the storage said is in `cause` only. */
export class StorageError extends HomingError {
  override name = "StorageError";
  /** False only if the call surely changed nothing: it never reached the storage, or was refused by it. */
  readonly mayHaveTakenEffect: boolean;
  /** Nothing was answered, so that the call may be on its way still: not even reading afterwards tells. */
  readonly mayYetTakeEffect: boolean;

  constructor(
    mayHaveTakenEffect: boolean,
    retryable: boolean,
    cause: unknown,
    mayYetTakeEffect = mayHaveTakenEffect,
  ) {
    super("SYSTEM_ERROR", "The storage is unavailable.", {
      retryable,
      permanent: !retryable,
      retryAfterSeconds: 5,
      cause,
    });
    this.mayHaveTakenEffect = mayHaveTakenEffect;
    this.mayYetTakeEffect = mayYetTakeEffect;
  }
}

/** About one item, which a newer version wrote and will answer for once this one is gone: all others are as they were. */
export class NewerFormatError extends StorageError {
  constructor(cause: unknown) {
    super(false, true, cause);
  }
}

/** `message` is what the store holds now; on success it is the state that this very write produced, or a later one. */
export type WriteResult =
  | { readonly applied: true; readonly message: Message }
  | { readonly applied: false; readonly message?: Message };

/** What an index knows of a message. A hint: the item may have moved on, or never have existed. */
export interface IndexRow {
  readonly messageId: string;
  readonly createdAt: number;
}

/** What the due index knows of a message; a hint, too. */
export interface DueRow {
  readonly messageId: string;
  readonly dueAt: number;
}

/** A place in a list: everything before it has been seen. */
export interface ListPosition {
  readonly createdAt: number;
  readonly messageId: string;
}

export interface ListQuery {
  /** Partitions of the list index to read; ignored if a sender or an endpoint is given. */
  readonly groups: readonly ListGroup[];
  readonly senderId?: string;
  /** With a `senderId`: its FAILED messages alone. */
  readonly failed?: true;
  /** Of these, those that somebody has resolved, or those that nobody has; absent: both. */
  readonly resolved?: boolean;
  /** The deliveries to one endpoint; then nothing but these decides. */
  readonly endpointId?: string;
  readonly oldestFirst?: true;
  /** Accepted at or after this time. */
  readonly since?: number;
  /** Accepted before this time. */
  readonly until?: number;
  readonly after?: ListPosition;
  readonly limit: number;
}

export interface IdQuery extends Pick<ListQuery, "senderId" | "since" | "until" | "after"> {
  readonly part: IdPart;
}

export interface IdPage {
  /** Newest first: all that there are between `after` and `next`. */
  readonly rows: readonly IndexRow[];
  /** How far this look went; absent at the end. */
  readonly next?: ListPosition;
}

export interface DueQuery {
  /** Everything before it has been seen. */
  readonly after?: DueRow;
  readonly limit: number;
}

export interface DuePage {
  /** Of messages, and of events: both wait in one index. */
  readonly ids: readonly string[];
  /** Absent at the end. */
  readonly next?: string;
}

/**
 * Retries by hand have no bound, and each attempt may hold 8 KiB of a response: an answer of all of them would at some
 * time be larger than Lambda's 6 MB.
 */
export const LATEST_ATTEMPTS = 100;

export interface MessageDetail {
  readonly message: Message;
  /** Absent only if it was lost, and of a delivery, which has none of its own. */
  readonly payload?: Payload;
  /** The latest of the attempts that are items of their own, by number; at most `LATEST_ATTEMPTS`. */
  readonly attempts: readonly Attempt[];
}

/**
 * Whose payload: what never changes of a message, and of one life of its id. An idempotency key that expired and
 * was used again leads to the same id, and possibly the same hash.
 */
export type PayloadOwner = Pick<Message, "messageId" | "requestHash" | "createdAt">;

/**
 * Reads are consistent unless said otherwise. Messages past their `expiresAt` count as absent. Every method
 * rejects with a StorageError if the storage does not answer. What a worker calls takes `withinMs`, where its
 * process has less time left than a call may take: then it is given up, and may or may not have taken effect.
 */
export interface MessageStore {
  /** How many shards the due index has: `due` reads one of them. */
  readonly shards: number;

  /**
   * Stores a new message if there is none under its id. `applied: false` holds the one that is there. A
   * repeated call with the same `writeId` counts as applied.
   */
  insert(message: Message): Promise<WriteResult>;

  /**
   * Tries one transition. If its condition is lost, but the item carries the transition's token, the write
   * was this one and only its answer was lost: it counts as applied.
   */
  apply(messageId: string, transition: Transition, withinMs?: number): Promise<WriteResult>;

  /** Writes the payload of a message whose id nobody else knows, so that none can be there. */
  putPayload(owner: PayloadOwner, payload: Payload, expiresAt: number): Promise<void>;

  /**
   * Writes the payload unless there is one, and answers the one that is there then: the first to be written stays
   * until it expires, whatever is put later, and whatever a newer version has added to it.
   */
  putPayloadIfAbsent(owner: PayloadOwner, payload: Payload, expiresAt: number): Promise<Payload>;

  /** Lets the payload that is there expire at another time; nothing else of it changes. False if there is none. */
  keepPayload(owner: PayloadOwner, expiresAt: number): Promise<boolean>;

  /** Records an attempt under its number and claim; `expiresAt` in milliseconds. */
  putAttempt(messageId: string, attempt: Attempt, expiresAt: number, withinMs?: number): Promise<void>;

  get(messageId: string, withinMs?: number): Promise<Message | undefined>;

  /** The messages that exist, in no particular order. */
  getMany(messageIds: readonly string[]): Promise<readonly Message[]>;

  getPayload(owner: PayloadOwner, withinMs?: number): Promise<Payload | undefined>;

  /** The payloads that exist, by message id; eventually consistent, without headers and body. */
  getSummaries(messages: readonly Message[]): Promise<ReadonlyMap<string, PayloadSummary>>;

  getDetail(messageId: string): Promise<MessageDetail | undefined>;

  /** Index rows, newest first unless asked the other way round, at most `limit`. */
  list(query: ListQuery): Promise<readonly IndexRow[]>;

  /**
   * Rows of the messages that have this part in their id, of one sender or of all. One call looks at a bounded number of
   * ids, at no item, and each goes further than the one before.
   */
  findIds(query: IdQuery): Promise<IdPage>;

  /**
   * Rows of what is held for one endpoint, and of what was throttled in these rounds of its pace, oldest first, at most
   * `limit`.
   */
  listHeld(
    endpointId: string,
    limit: number,
    after?: ListPosition,
    rounds?: readonly number[],
  ): Promise<readonly IndexRow[]>;

  /** How much is held; of more than `most` so many. */
  countHeld(endpointId: string, most: number): Promise<number>;

  /** Rows of all shards of the due index, soonest due first, equal times by id; at most `limit`. */
  listDue(query: DueQuery): Promise<readonly DueRow[]>;

  /** Index rows of one shard that are due at `until` or earlier, the longest overdue first. */
  due(shard: number, until: number, limit: number, from?: string): Promise<DuePage>;

  /** Resolves if the storage answers. */
  ping(): Promise<void>;
}

export type PayloadSummary = Pick<Payload, "targetUrl" | "method" | "metadata">;
