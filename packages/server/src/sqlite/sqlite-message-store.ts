/** The message store on SQLite. */
import type { Clock } from "@homing/core/clock";
import type { Attempt, Message, Payload } from "@homing/core/message/message";
import type { Transition } from "@homing/core/message/transition";
import type {
  DuePage,
  DueQuery,
  DueRow,
  IdPage,
  IdQuery,
  IndexRow,
  ListPosition,
  ListQuery,
  MessageDetail,
  MessageStore,
  PayloadOwner,
  PayloadSummary,
  WriteResult,
} from "@homing/core/store/message-store";
import type { Answer, Database } from "./database.ts";
import { DueIndex } from "./due-index.ts";
import { MessageTable } from "./message-table.ts";
import { RecordTable } from "./record-table.ts";

export interface MessageTables {
  readonly database: Database;
  readonly messages: MessageTable;
  readonly records: RecordTable;
  readonly due: DueIndex;
}

export function messageTables(database: Database, clock: Pick<Clock, "now">): MessageTables {
  const due = new DueIndex(database);
  return {
    database,
    due,
    messages: new MessageTable(database, clock, due),
    records: new RecordTable(database, clock),
  };
}

export class SqliteMessageStore implements MessageStore {
  readonly shards: number;
  readonly #messages: MessageTable;
  readonly #records: RecordTable;
  readonly #due: DueIndex;
  readonly #database: Database;
  readonly #answer: Answer;

  constructor({ database, messages, records, due }: MessageTables, answer: Answer) {
    this.#database = database;
    this.shards = due.shards;
    this.#messages = messages;
    this.#records = records;
    this.#due = due;
    this.#answer = answer;
  }

  insert(message: Message): Promise<WriteResult> {
    return this.#answer(() => this.#messages.insert(message));
  }

  apply(messageId: string, transition: Transition): Promise<WriteResult> {
    return this.#answer(() => this.#messages.apply(messageId, transition));
  }

  putPayload(owner: PayloadOwner, payload: Payload, expiresAt: number): Promise<void> {
    return this.#answer(() => this.#records.putPayload(owner, payload, expiresAt));
  }

  putPayloadIfAbsent(owner: PayloadOwner, payload: Payload, expiresAt: number): Promise<Payload> {
    return this.#answer(() => this.#records.putPayloadIfAbsent(owner, payload, expiresAt));
  }

  keepPayload(owner: PayloadOwner, expiresAt: number): Promise<boolean> {
    return this.#answer(() => this.#records.keepPayload(owner, expiresAt));
  }

  putAttempt(messageId: string, attempt: Attempt, expiresAt: number): Promise<void> {
    return this.#answer(() => this.#records.putAttempt(messageId, attempt, expiresAt));
  }

  get(messageId: string): Promise<Message | undefined> {
    return this.#answer(() => this.#messages.get(messageId));
  }

  getMany(messageIds: readonly string[]): Promise<readonly Message[]> {
    return this.#answer(() =>
      [...new Set(messageIds)].flatMap((messageId) => this.#messages.get(messageId) ?? []),
    );
  }

  getPayload(owner: PayloadOwner): Promise<Payload | undefined> {
    return this.#answer(() => this.#records.getPayload(owner));
  }

  getSummaries(messages: readonly Message[]): Promise<ReadonlyMap<string, PayloadSummary>> {
    return this.#answer(() => this.#records.getSummaries(messages));
  }

  getDetail(messageId: string): Promise<MessageDetail | undefined> {
    return this.#answer(() => {
      const message = this.#messages.get(messageId);
      if (!message) return undefined;
      const payload = this.#records.getPayload(message);
      return {
        message,
        ...(payload ? { payload } : {}),
        attempts: this.#records.latestAttempts(message),
      };
    });
  }

  list(query: ListQuery): Promise<readonly IndexRow[]> {
    return this.#answer(() => this.#messages.list(query));
  }

  findIds(query: IdQuery): Promise<IdPage> {
    return this.#answer(() => this.#messages.findIds(query));
  }

  listHeld(
    endpointId: string,
    limit: number,
    after?: ListPosition,
    rounds?: readonly number[],
  ): Promise<readonly IndexRow[]> {
    return this.#answer(() => this.#messages.listHeld(endpointId, limit, after, rounds));
  }

  countHeld(endpointId: string, most: number): Promise<number> {
    return this.#answer(() => this.#messages.countHeld(endpointId, most));
  }

  listDue(query: DueQuery): Promise<readonly DueRow[]> {
    return this.#answer(() => this.#messages.listDue(query));
  }

  due(shard: number, until: number, limit: number, from?: string): Promise<DuePage> {
    return this.#answer(() => this.#due.due(shard, until, limit, from));
  }

  ping(): Promise<void> {
    return this.#database.probe();
  }
}
